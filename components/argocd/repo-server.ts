import { stringify } from "yaml";
import type { ArgocdSettings } from "../../config/argocd/schema.ts";
import { canonicalHash } from "../../nats/canonical-json.ts";
import { restrictedContainer } from "../pods/security.ts";
import type { ManifestArgs } from "../target/index.ts";
import { helmfileEnvironment, helmfilePlugin } from "./plugin.ts";

/** Name of the ConfigMap with the plugin's configuration. */
export const PLUGIN_CONFIG_MAP = "helmfile-plugin";

/** Field of it, and the file that the plugin server reads. */
export const PLUGIN_FILE = "plugin.yaml";

/** Annotation of the repo server's pods: a plugin server reads its configuration when it starts, and never again. */
export const PLUGIN_CHECKSUM = "nats-platform/helmfile-plugin";

/** The program of Argo CD that a plugin's container runs: an init container of the repo server puts it there. */
export const PLUGIN_SERVER = "/var/run/argocd/argocd-cmp-server";

/** User that the repo server's volumes and the plugins' sockets belong to. */
export const PLUGIN_USER = 999;

/** How long helmfile may take. Argo CD's own limit of 90 s is short for a full shard. */
const RENDER_SECONDS = 150;

/** How long the application controller waits for the repo server: longer than helmfile may take. Argo CD's own is 60 s. */
export const MANIFESTS_SECONDS = 180;

const FOLDER = "/home/argocd/cmp-server";
const CONFIG_VOLUME = PLUGIN_CONFIG_MAP;
const TEMPORARY_VOLUME = "helmfile-plugin-tmp";

type Plugin = NonNullable<ArgocdSettings["plugin"]>;

/** The plugin's configuration, as text. */
export function pluginFile(): string {
  return stringify(helmfilePlugin());
}

/** SHA-256 of the plugin's configuration. */
export function pluginChecksum(): string {
  return canonicalHash(helmfilePlugin());
}

/** The plugin's configuration, for the repo server's sidecar. It is no object of its kind: there is no such kind in a cluster. */
export function pluginConfigMap(namespace: string): ManifestArgs["ConfigMap"] {
  const labels = { "app.kubernetes.io/managed-by": "nats-platform", "app.kubernetes.io/part-of": "argocd" };
  return { metadata: { name: PLUGIN_CONFIG_MAP, namespace, labels }, data: { [PLUGIN_FILE]: pluginFile() } };
}

/**
 * The container beside the repo server that runs helmfile. It shares two volumes with the repo server, and not /tmp: each of them could
 * read the other's repositories there.
 */
function sidecar({ image }: Plugin) {
  const environment = { ...helmfileEnvironment, ARGOCD_EXEC_TIMEOUT: `${String(RENDER_SECONDS)}s` };
  return {
    name: "helmfile-plugin",
    image,
    command: [PLUGIN_SERVER],
    env: Object.entries(environment).map(([name, value]) => ({ name, value })),
    resources: { requests: { cpu: "100m", memory: "128Mi" } },
    securityContext: {
      runAsNonRoot: true,
      runAsUser: PLUGIN_USER,
      ...restrictedContainer,
      seccompProfile: { type: "RuntimeDefault" },
    },
    volumeMounts: [
      { name: "var-files", mountPath: "/var/run/argocd" },
      { name: "plugins", mountPath: `${FOLDER}/plugins` },
      { name: CONFIG_VOLUME, mountPath: `${FOLDER}/config/${PLUGIN_FILE}`, subPath: PLUGIN_FILE },
      { name: TEMPORARY_VOLUME, mountPath: "/tmp" },
    ],
  };
}

const volumes = [
  { name: CONFIG_VOLUME, configMap: { name: PLUGIN_CONFIG_MAP } },
  { name: TEMPORARY_VOLUME, emptyDir: {} },
];

/** What the Deployment of an Argo CD that was installed by manifests has to have beside its own. */
export function repoServerPatch(namespace: string, plugin: Plugin) {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "argocd-repo-server", namespace },
    spec: {
      template: {
        metadata: { annotations: { [PLUGIN_CHECKSUM]: pluginChecksum() } },
        spec: { containers: [sidecar(plugin)], volumes },
      },
    },
  };
}

/** The same as values of the chart argo-cd, below `repoServer`. */
export function repoServerValues(plugin: Plugin) {
  return { podAnnotations: { [PLUGIN_CHECKSUM]: pluginChecksum() }, extraContainers: [sidecar(plugin)], volumes };
}
