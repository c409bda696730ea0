import {
  PLUGIN_CHECKSUM,
  PLUGIN_CONFIG_MAP,
  PLUGIN_FILE,
  PLUGIN_SERVER,
  PLUGIN_USER,
  pluginChecksum,
  pluginFile,
} from "../../../components/argocd/repo-server.ts";
import type { Check } from "../check.ts";
import type { Installation } from "./installation.ts";

const DO = "`npm run cli -- argocd patch` and `argocd values` print what the repo server needs";

/** Whether the helmfile plugin runs beside the repo server, with the configuration of this version of the program. */
export function checkPlugin({ configMaps, workloads }: Pick<Installation, "configMaps" | "workloads">): Check {
  const about = "helmfile plugin";
  const file = configMaps[PLUGIN_CONFIG_MAP]?.[PLUGIN_FILE];
  const repoServer = workloads["repo-server"];
  const pod = repoServer?.spec?.template.spec;
  const volume = pod?.volumes?.find(({ configMap }) => configMap?.name === PLUGIN_CONFIG_MAP)?.name;
  const sidecar = pod?.containers.find(({ volumeMounts = [] }) => volumeMounts.some(({ name }) => name === volume));
  const found = sidecar?.image ?? "none";
  if (volume === undefined || sidecar === undefined) {
    return { about, found, problems: [`the repo server has no container with ConfigMap ${PLUGIN_CONFIG_MAP}: ${DO}`] };
  }
  const { command = [], securityContext, volumeMounts = [] } = sidecar;
  const user = securityContext?.runAsUser ?? pod?.securityContext?.runAsUser;
  const temporary = volumeMounts.find(({ mountPath }) => mountPath === "/tmp")?.name;
  const shared = (pod?.containers ?? [])
    .filter((it) => it !== sidecar)
    .some((it) => it.volumeMounts?.some(({ name }) => name === temporary));
  const checksum = repoServer?.spec?.template.metadata?.annotations?.[PLUGIN_CHECKSUM];
  const wrong = [
    [file === undefined, `found no ${PLUGIN_FILE} in ConfigMap ${PLUGIN_CONFIG_MAP}: \`npm run up\` makes it`],
    [
      file !== undefined && file !== pluginFile(),
      `${PLUGIN_FILE} in ConfigMap ${PLUGIN_CONFIG_MAP} is not that of this version: \`npm run up\`, and sync it where Argo CD has it from Git`,
    ],
    [
      command[0] !== PLUGIN_SERVER,
      `its command is ${command[0] ?? "the image's own"}, but has to be ${PLUGIN_SERVER}: ${DO}`,
    ],
    [
      user !== PLUGIN_USER,
      `it runs as ${user === undefined ? "the image's user" : `user ${String(user)}`}, but the repo server's sockets are user ${String(PLUGIN_USER)}'s: ${DO}`,
    ],
    [temporary === undefined, `it has no volume at /tmp, where helm and helmfile keep their caches: ${DO}`],
    [
      temporary !== undefined && shared,
      `it shares /tmp with another container, which can read the repositories there: ${DO}`,
    ],
    [
      checksum !== pluginChecksum(),
      `the annotation ${PLUGIN_CHECKSUM} of its pods is not that of the configuration, which is read only when they start: ${DO}`,
    ],
  ] as const;
  return { about, found, problems: wrong.filter(([isWrong]) => isWrong).map(([, problem]) => problem) };
}
