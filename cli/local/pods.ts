import { z } from "zod";
import { serverPaths } from "../../nats/conf/server.ts";
import { Trouble } from "../../tools/project.ts";
import { secretsOf, theOnly, type Manifest } from "./manifests.ts";
import { serversStatefulSet, type ServerContainer, type ServerVolume } from "./stateful-set.ts";

/** A folder of the container. */
export interface Mount {
  readonly path: string;
  /** Files that Secrets and ConfigMaps put there, by name; undefined for a folder that the server writes to. */
  readonly files: Readonly<Record<string, string>> | undefined;
}

/** The ports that a server listens on; mqtt only where it takes MQTT clients. */
export type ServerPorts = Readonly<Record<"client" | "cluster" | "monitor", number>> & { readonly mqtt?: number };

/** What the StatefulSet and its Secrets say about a region's servers. */
export interface Pods {
  readonly name: string;
  readonly namespace: string;
  readonly service: string;
  readonly replicas: number;
  readonly image: string;
  readonly args: readonly string[];
  readonly ports: ServerPorts;
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
  const { metadata, file, replicas, service, graceSeconds, container, mounts } = serversStatefulSet(manifests);
  const { name, namespace } = metadata;
  return {
    name,
    namespace,
    service,
    replicas,
    image: container.image,
    args: container.args,
    ports: portsOf(container, file),
    mounts: mounts.map(({ path, volume }) => ({ path, files: filesIn(volume, path, manifests, namespace) })),
    probes: {
      startup: container.startupProbe.httpGet.path,
      readiness: container.readinessProbe.httpGet.path,
      liveness: container.livenessProbe.httpGet.path,
    },
    preStop: container.lifecycle.preStop.exec.command,
    graceSeconds,
    environmentOf: (ordinal) =>
      Object.fromEntries(container.env.map((it) => [it.name, "value" in it ? it.value : `${name}-${String(ordinal)}`])),
  };
}

/** The mount with a listener's certificate; undefined where clients are not met with TLS. */
export function certificateOf(
  { mounts }: Pick<Pods, "mounts">,
  listener: keyof typeof serverPaths.certificates,
): Mount | undefined {
  return mounts.find(({ path }) => path === serverPaths.certificates[listener]);
}

function filesIn(
  volume: ServerVolume | undefined,
  path: string,
  manifests: readonly Manifest[],
  namespace: string,
): Mount["files"] {
  if (volume === undefined || "emptyDir" in volume) return undefined;
  if ("secret" in volume) return certificate(manifests, namespace, volume.secret.secretName, path);
  const contents = volume.projected.sources.map((source) =>
    "secret" in source
      ? (secretData(manifests, namespace, source.secret.name) ?? notRendered(source.secret.name))
      : configData(manifests, source.configMap.name),
  );
  return Object.assign({}, ...contents) as Record<string, string>;
}

function portsOf({ ports }: ServerContainer, file: string): ServerPorts {
  const portOf = (wanted: string) => ports.find(({ name }) => name === wanted)?.containerPort;
  const needed = (wanted: string) => {
    const found = portOf(wanted);
    if (found === undefined) throw new Trouble(`${file}: found no port named ${wanted}`);
    return found;
  };
  const mqtt = portOf("mqtt");
  return {
    ...{ client: needed("client"), cluster: needed("cluster"), monitor: needed("monitor") },
    ...(mqtt === undefined ? {} : { mqtt }),
  };
}

function configData(manifests: readonly Manifest[], name: string): Readonly<Record<string, string>> {
  const { data } = theOnly(manifests, "ConfigMap", name);
  return z.record(z.string(), z.string()).parse(data);
}

function secretData(
  manifests: readonly Manifest[],
  namespace: string,
  name: string,
): Readonly<Record<string, string>> | undefined {
  const isIt = ({ metadata }: Manifest) => metadata.name === name && metadata.namespace === namespace;
  return secretsOf(manifests).find(isIt)?.stringData;
}

function notRendered(name: string): never {
  throw new Trouble(`found no Secret ${name} among the manifests: run \`npm run up\` first`);
}

/** A certificate comes from somewhere else than this program, such as cert-manager. */
function certificate(
  manifests: readonly Manifest[],
  namespace: string,
  name: string,
  path: string,
): Readonly<Record<string, string>> {
  const found = secretData(manifests, namespace, name);
  const missing = ["tls.crt", "tls.key"].filter((field) => found?.[field] === undefined);
  if (found !== undefined && missing.length === 0) return found;
  const what = found === undefined ? `no Secret ${namespace}/${name}` : `no ${missing.join(" and ")} in Secret ${name}`;
  throw new Trouble(
    `found ${what} among the manifests, but the servers have their certificate in ${path} from it: put its manifest ` +
      "into the region's folder of Secrets, or take nats.tls and nats.mqtt.tls out of the configuration",
  );
}
