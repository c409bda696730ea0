import { z } from "zod";
import { selector } from "../../components/cluster/names.ts";
import { Trouble } from "../../tools/project.ts";
import { theOnly, type Manifest } from "./manifests.ts";

const statefulSet = z.looseObject({
  metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
  spec: z.looseObject({
    replicas: z.number(),
    serviceName: z.string(),
    template: z.looseObject({
      spec: z.looseObject({
        terminationGracePeriodSeconds: z.number(),
        // What stands beside the server, such as an exporter, does not run here.
        containers: z.array(z.looseObject({ name: z.string() })),
        volumes: z.array(z.looseObject({ name: z.string() })),
      }),
    }),
    volumeClaimTemplates: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })),
  }),
});

const probe = z.object({ httpGet: z.object({ path: z.string(), port: z.literal("monitor") }) });

const serverContainer = z.looseObject({
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
  ports: z.array(z.looseObject({ name: z.enum(["client", "cluster", "monitor", "mqtt"]), containerPort: z.number() })),
  volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })),
  startupProbe: probe,
  readinessProbe: probe,
  livenessProbe: probe,
  lifecycle: z.object({ preStop: z.object({ exec: z.object({ command: z.array(z.string()) }) }) }),
});

const serverVolume = z.union([
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
  z.strictObject({ name: z.string(), secret: z.strictObject({ secretName: z.string(), defaultMode: z.number() }) }),
  z.strictObject({ name: z.string(), emptyDir: z.looseObject({}) }),
]);

/** The container of a server. */
export type ServerContainer = z.infer<typeof serverContainer>;

/** A volume that a server mounts, and that is no claim. */
export type ServerVolume = z.infer<typeof serverVolume>;

/** The StatefulSet of a region's servers, as far as it decides how they run. */
export interface ServersStatefulSet extends Pick<z.infer<typeof statefulSet>, "metadata"> {
  readonly file: string;
  readonly replicas: number;
  readonly service: string;
  readonly graceSeconds: number;
  readonly container: ServerContainer;
  /** Every mount of the server's container, with its volume; undefined where that is a claim. */
  readonly mounts: readonly { readonly path: string; readonly volume: ServerVolume | undefined }[];
}

/** Finds the servers' StatefulSet by its labels, and reads it. @throws Trouble that names what can't be run outside Kubernetes */
export function serversStatefulSet(manifests: readonly Manifest[]): ServersStatefulSet {
  const manifest = theOnly(manifests.filter(isOfServers), "StatefulSet");
  const { file } = manifest;
  const { metadata, spec } = read(statefulSet, manifest, file, []);
  const { containers, volumes, terminationGracePeriodSeconds } = spec.template.spec;
  const inPod = ["spec", "template", "spec"];
  const position = containers.findIndex(({ name }) => name === "nats");
  if (position === -1) throw new Trouble(`${file}: found no container named nats`);
  const container = read(serverContainer, containers[position], file, [...inPod, "containers", position]);
  const claims = new Set(spec.volumeClaimTemplates.map((claim) => claim.metadata.name));
  const volumeOf = (wanted: string): ServerVolume | undefined => {
    const at = volumes.findIndex(({ name }) => name === wanted);
    if (at !== -1) return read(serverVolume, volumes[at], file, [...inPod, "volumes", at]);
    if (claims.has(wanted)) return undefined;
    throw new Trouble(`${file}: a mount names the volume ${wanted}, but there is none`);
  };
  return {
    metadata,
    file,
    replicas: spec.replicas,
    service: spec.serviceName,
    graceSeconds: terminationGracePeriodSeconds,
    container,
    mounts: container.volumeMounts.map(({ name, mountPath }) => ({ path: mountPath, volume: volumeOf(name) })),
  };
}

function isOfServers({ metadata: { labels } }: Manifest): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

function read<Output>(
  schema: z.ZodType<Output>,
  part: unknown,
  file: string,
  path: readonly (string | number)[],
): Output {
  const { success, data, error } = schema.safeParse(part);
  if (success) return data;
  const issues = error.issues.map((issue) => ({ ...issue, path: [...path, ...issue.path] }));
  throw new Trouble(`${file}: this StatefulSet holds what can't be run locally:\n${z.prettifyError({ issues })}`);
}
