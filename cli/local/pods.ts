import { z } from "zod";
import { Trouble } from "../../tools/project.ts";
import { secretsOf, theOnly, type Manifest } from "./manifests.ts";

const probe = z.object({ httpGet: z.object({ path: z.string(), port: z.literal("monitor") }) });

const statefulSet = z.looseObject({
  metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
  spec: z.looseObject({
    replicas: z.number(),
    serviceName: z.string(),
    template: z.looseObject({
      spec: z.looseObject({
        terminationGracePeriodSeconds: z.number(),
        containers: z.tuple([
          z.looseObject({
            image: z.string(),
            args: z.array(z.string()),
            env: z.array(
              z.union([
                z.strictObject({ name: z.string(), value: z.string() }),
                z.strictObject({
                  name: z.string(),
                  valueFrom: z.strictObject({ fieldRef: z.strictObject({ fieldPath: z.literal("metadata.name") }) }),
                }),
              ]),
            ),
            ports: z.array(
              z.looseObject({ name: z.enum(["client", "cluster", "monitor"]), containerPort: z.number() }),
            ),
            volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })),
            startupProbe: probe,
            readinessProbe: probe,
            livenessProbe: probe,
            lifecycle: z.object({ preStop: z.object({ exec: z.object({ command: z.array(z.string()) }) }) }),
          }),
        ]),
        volumes: z.array(
          z.union([
            z.strictObject({
              name: z.string(),
              projected: z.strictObject({
                sources: z.array(
                  z.union([
                    z.strictObject({ secret: z.strictObject({ name: z.string() }) }),
                    z.strictObject({ configMap: z.strictObject({ name: z.string() }) }),
                  ]),
                ),
              }),
            }),
            z.strictObject({ name: z.string(), emptyDir: z.looseObject({}) }),
          ]),
        ),
      }),
    }),
    volumeClaimTemplates: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })),
  }),
});

/** A folder of the container. */
export interface Mount {
  readonly path: string;
  /** Files that Secrets and ConfigMaps put there, by name; undefined for a folder that the server writes to. */
  readonly files: Readonly<Record<string, string>> | undefined;
}

/** What the StatefulSet and its Secrets say about a region's servers. */
export interface Pods {
  readonly name: string;
  readonly namespace: string;
  readonly service: string;
  readonly replicas: number;
  readonly image: string;
  readonly args: readonly string[];
  readonly ports: Readonly<Record<"client" | "cluster" | "monitor", number>>;
  readonly mounts: readonly Mount[];
  /** Paths that Kubernetes asks the monitoring port for. */
  readonly probes: Readonly<Record<"startup" | "readiness" | "liveness", string>>;
  readonly preStop: readonly string[];
  readonly graceSeconds: number;
  /** The environment of one server. */
  environmentOf(ordinal: number): Record<string, string>;
}

/** Reads the servers of a region from its manifests. @throws Trouble that names what can't be run outside Kubernetes */
export function podsOf(manifests: readonly Manifest[]): Pods {
  const manifest = theOnly(manifests, "StatefulSet");
  const { success, data, error } = statefulSet.safeParse(manifest);
  if (!success) {
    throw new Trouble(`${manifest.file}: this StatefulSet holds what can't be run locally:\n${z.prettifyError(error)}`);
  }
  const { metadata, spec } = data;
  const pod = spec.template.spec;
  const [container] = pod.containers;
  const claims = new Set(spec.volumeClaimTemplates.map((claim) => claim.metadata.name));
  const filesOf = (volumeName: string) => {
    const volume = pod.volumes.find(({ name }) => name === volumeName);
    if (volume === undefined && !claims.has(volumeName)) {
      throw new Trouble(`${manifest.file}: a mount names the volume ${volumeName}, but there is none`);
    }
    if (volume === undefined || "emptyDir" in volume) return undefined;
    const contents = volume.projected.sources.map((source) =>
      "secret" in source ? secretData(manifests, source.secret.name) : configData(manifests, source.configMap.name),
    );
    return Object.assign({}, ...contents) as Record<string, string>;
  };
  return {
    name: metadata.name,
    namespace: metadata.namespace,
    service: spec.serviceName,
    replicas: spec.replicas,
    image: container.image,
    args: container.args,
    ports: portsOf(container.ports, manifest.file),
    mounts: container.volumeMounts.map(({ name, mountPath }) => ({ path: mountPath, files: filesOf(name) })),
    probes: {
      startup: container.startupProbe.httpGet.path,
      readiness: container.readinessProbe.httpGet.path,
      liveness: container.livenessProbe.httpGet.path,
    },
    preStop: container.lifecycle.preStop.exec.command,
    graceSeconds: pod.terminationGracePeriodSeconds,
    environmentOf: (ordinal) =>
      Object.fromEntries(
        container.env.map((it) => [it.name, "value" in it ? it.value : `${metadata.name}-${String(ordinal)}`]),
      ),
  };
}

function portsOf(
  ports: readonly { name: "client" | "cluster" | "monitor"; containerPort: number }[],
  file: string,
): Pods["ports"] {
  const portOf = (wanted: string) => {
    const found = ports.find(({ name }) => name === wanted);
    if (found === undefined) throw new Trouble(`${file}: found no port named ${wanted}`);
    return found.containerPort;
  };
  return { client: portOf("client"), cluster: portOf("cluster"), monitor: portOf("monitor") };
}

function configData(manifests: readonly Manifest[], name: string): Readonly<Record<string, string>> {
  const { data } = theOnly(manifests, "ConfigMap", name);
  return z.record(z.string(), z.string()).parse(data);
}

function secretData(manifests: readonly Manifest[], name: string): Readonly<Record<string, string>> {
  const secret = secretsOf(manifests).find(({ metadata }) => metadata.name === name);
  if (secret === undefined) throw new Trouble(`found no Secret ${name} among the manifests: run \`npm run up\` first`);
  return secret.stringData;
}
