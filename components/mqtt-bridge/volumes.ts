import type { NamedBridge } from "../../config/mqtt-bridges.ts";
import type { Endpoint } from "./endpoint.ts";
import { brokerFiles, brokerPaths } from "./names.ts";

/** A folder of the broker's container with files of Secrets and ConfigMaps. */
interface Folder {
  readonly name: string;
  readonly path: string;
  readonly secret?: string | undefined;
  readonly configMap?: string | undefined;
  /** The one key that is mounted, and the file that it becomes. Absent: all of them. */
  readonly item?: { readonly key: string; readonly path: string };
}

/** The broker's group may read its files, and nobody else but root. */
export const FILE_MODE = 0o440;

/** Volumes with what the broker reads beside its configuration, and where it finds them. */
export function readVolumes(bridge: NamedBridge, endpoint: Endpoint) {
  const folders = foldersOf(bridge, endpoint);
  return {
    volumes: folders.map(({ name, secret, configMap, item }) => {
      const content = { defaultMode: FILE_MODE, ...(item === undefined ? {} : { items: [item] }) };
      if (secret !== undefined) return { name, secret: { secretName: secret, ...content } };
      return { name, configMap: { name: configMap ?? "", ...content } };
    }),
    mounts: folders.map(({ name, path }) => ({ name, mountPath: path, readOnly: true })),
  };
}

function foldersOf({ broker, ca }: NamedBridge, { hasTls }: Endpoint): Folder[] {
  const listeners = broker?.listeners;
  const item = (key: string, path: string) => ({ item: { key, path } });
  const certificate = (protocol: "mqtt" | "websockets"): Folder[] => {
    const tls = listeners?.[protocol]?.tls;
    const path = brokerPaths.certificates[protocol];
    return tls === undefined ? [] : [{ name: `certificate-${protocol}`, path, secret: tls.secret }];
  };
  const { passwords, acl } = broker ?? {};
  return [
    ...(hasTls && ca !== undefined
      ? [{ ...ca, ...item(ca.key, brokerFiles.authorities), name: "authorities", path: brokerPaths.authorities }]
      : []),
    ...certificate("mqtt"),
    ...certificate("websockets"),
    ...(passwords === undefined
      ? []
      : [
          {
            ...passwords,
            ...item(passwords.key, brokerFiles.passwords),
            name: "passwords",
            path: brokerPaths.passwords,
          },
        ]),
    ...(acl === undefined ? [] : [{ ...acl, ...item(acl.key, brokerFiles.acl), name: "acl", path: brokerPaths.acl }]),
  ];
}
