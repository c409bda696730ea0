import type { VaultKeys } from "../../config/schema.ts";
import { keyPath, namespaceFolder, pushedPath, trustPath } from "../../providers/vault/paths.ts";
import type { Reader } from "./readers.ts";

/** Where a platform's keys are in Vault. */
export type KeysInVault = Pick<VaultKeys, "mount" | "path" | "transit">;

type Capability = "create" | "read" | "update" | "delete" | "list";

interface Rule {
  readonly why: string;
  readonly path: string;
  readonly capabilities: readonly Capability[];
}

/**
 * For what runs this program. It makes keys and never changes one: to Vault, a write to a path that has ever been written is an
 * `update`, also when its versions are deleted or destroyed. Nor does it delete anything but what is derived from keys.
 *
 * @param adopted paths in the mount from which seeds are adopted
 */
export function minterPolicy(keys: KeysInVault, adopted: readonly string[] = []): string {
  const { mount, path, transit } = keys;
  return hcl([
    { why: "makes keys, never replaces one", path: `${mount}/data/${path}/keys/*`, capabilities: ["create", "read"] },
    { why: "tells a deleted key from none", path: `${mount}/metadata/${path}/keys/*`, capabilities: ["read", "list"] },
    {
      why: "writes credentials, which follow from keys",
      path: `${mount}/data/${path}/creds/*`,
      capabilities: ["create", "update", "read"],
    },
    {
      why: "removes credentials of users that are gone",
      path: `${mount}/metadata/${path}/creds/*`,
      capabilities: ["read", "list", "delete"],
    },
    {
      why: "writes the JWTs of operator and accounts",
      path: `${mount}/data/${trustPath(path)}`,
      capabilities: ["create", "update", "read"],
    },
    { why: "removes them", path: `${mount}/metadata/${trustPath(path)}`, capabilities: ["read", "delete"] },
    ...adopted.map((place) => ({
      why: "takes existing seeds from here",
      path: `${mount}/data/${place}`,
      capabilities: ["read"] as const,
    })),
    { why: "checks that keys don't expire", path: `${mount}/config`, capabilities: ["read"] },
    ...(transit === undefined ? [] : [...transitMinting(transit.mount), ...signing(transit.mount)]),
  ]);
}

/** For what signs with keys that it never sees. */
export function signerPolicy({ mount }: NonNullable<VaultKeys["transit"]>): string {
  return hcl([...signing(mount), keyReading(mount, ["read"])]);
}

/** For External Secrets in one namespace. */
export function readerPolicy(keys: KeysInVault, reader: Reader): string {
  const { region, namespace, hasServers } = reader;
  const credentials = `${keys.mount}/data/${namespaceFolder(keys.path, { region, namespace })}/*`;
  return hcl([
    { why: "credentials for this namespace", path: credentials, capabilities: ["read"] },
    ...(hasServers ? forServers(keys, region) : []),
    ...issuing(keys, reader),
    ...pushing(keys, reader),
  ]);
}

/**
 * For External Secrets in a region where one store serves all namespaces, which are these. Keys of accounts are never in it: every
 * namespace that may use the store could read them. So there is no discovery beside such a store.
 */
export function regionReaderPolicy(keys: KeysInVault, region: string, readers: readonly Reader[] = []): string {
  const credentials = `${keys.mount}/data/${keys.path}/creds/${region}/*`;
  return hcl([
    { why: "credentials for all namespaces of this region", path: credentials, capabilities: ["read"] },
    ...forServers(keys, region),
    ...readers.flatMap((reader) => pushing(keys, reader)),
  ]);
}

/** For External Secrets in Argo CD's namespace: what others put there for it, and nothing of the platform's own. */
export function argocdReaderPolicy({ mount }: Pick<KeysInVault, "mount">, paths: readonly string[]): string {
  const why = "what Argo CD signs in to repositories and clusters with";
  return hcl(paths.map((path) => ({ why, path: `${mount}/data/${path}`, capabilities: ["read"] })));
}

/** For whoever is to replace these keys, and no others. */
export function rotatorPolicy({ mount, path }: KeysInVault, keyNames: readonly string[]): string {
  const paths = [...keyNames].sort().map((name) => `${mount}/data/${keyPath(path, name)}`);
  return hcl(paths.map((key) => ({ why: "replaces this key", path: key, capabilities: ["read", "update"] })));
}

/**
 * External Secrets 0.20 writes the metadata of what it pushes before the data, so that Vault takes the first version for an update.
 * That it overwrites nothing is in the PushSecret.
 */
function pushing({ mount, path }: KeysInVault, { region, namespace, pushes = [] }: Reader): Rule[] {
  return pushes.flatMap((secret) => {
    const place = pushedPath(path, { region, namespace, secret });
    const capabilities: Capability[] = ["create", "update", "read"];
    return [
      { why: `brings ${namespace}/${secret} here`, path: `${mount}/data/${place}`, capabilities },
      { why: "and marks it as its own", path: `${mount}/metadata/${place}`, capabilities },
    ];
  });
}

function issuing({ mount, path }: KeysInVault, { issuers = [] }: Reader): Rule[] {
  return issuers.map((name) => ({
    why: "makes users for workloads that ask with labels",
    path: `${mount}/data/${keyPath(path, name)}`,
    capabilities: ["read"],
  }));
}

function forServers({ mount, path }: KeysInVault, region: string): Rule[] {
  const routes = `${mount}/data/${keyPath(path, `${region}.routes`)}`;
  return [
    { why: "the password of the servers' routes", path: routes, capabilities: ["read"] },
    { why: "the JWTs of operator and accounts", path: `${mount}/data/${trustPath(path)}`, capabilities: ["read"] },
  ];
}

// In Transit a `+` is one segment: keys/x/config, keys/x/rotate and keys/x/trim stay out of reach. It has no existence check: making a
// key is an `update`, and does nothing where the key exists.
function transitMinting(transit: string): Rule[] {
  return [
    keyReading(transit, ["create", "read", "update"]),
    { why: "brings keys that exist", path: `${transit}/keys/+/import`, capabilities: ["update"] },
    { why: "wraps keys that it brings", path: `${transit}/wrapping_key`, capabilities: ["read"] },
  ];
}

function keyReading(transit: string, capabilities: readonly Capability[]): Rule {
  return {
    why: capabilities.includes("update") ? "makes signing keys, and reads public keys" : "reads public keys",
    path: `${transit}/keys/+`,
    capabilities,
  };
}

function signing(transit: string): Rule[] {
  return [{ why: "signs", path: `${transit}/sign/+`, capabilities: ["update"] }];
}

function hcl(rules: readonly Rule[]): string {
  return rules
    .map(({ why, path, capabilities }) => {
      const quoted = capabilities.map((capability) => `"${capability}"`).join(", ");
      return `# ${why}\npath ${JSON.stringify(path)} {\n  capabilities = [${quoted}]\n}\n`;
    })
    .join("\n");
}
