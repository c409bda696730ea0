import { minterPolicy } from "../../../components/vault/policies.ts";
import type { VaultKeys } from "../../../config/schema.ts";
import { parseCreds } from "../../../nats/creds.ts";
import type { TestVault } from "../../support/vault.ts";
import { configure } from "./configuration.ts";
import { freshCopy, type ProjectCopy } from "./project-copy.ts";

/** The `keys` of a stack in a test's Vault. Every stack has a folder of its own. */
export function keysIn(vault: TestVault, path: string, more: Partial<VaultKeys> = {}): VaultKeys {
  return { store: "vault", address: vault.address, mount: "secret", path, prefix: "test", ...more };
}

/** A copy on which nothing has run yet, whose dev stack keeps its keys in Vault, with a token that may mint them and nothing else. */
export async function vaultCopy(vault: TestVault, keys: VaultKeys): Promise<ProjectCopy> {
  const copy = await freshCopy();
  configure(copy, ["keys"], keys);
  return withToken(copy, await minterToken(vault, keys));
}

/** A token that may do what CI may. */
export async function minterToken(vault: TestVault, keys: VaultKeys, ttl = "1h"): Promise<string> {
  const name = `minter-${keys.path.replaceAll("/", "-")}`;
  await vault.must("PUT", `sys/policies/acl/${name}`, { policy: minterPolicy(keys) });
  return vault.tokenWith([name], ttl);
}

/** The copy, signed in with another token. */
export function withToken(copy: ProjectCopy, token: string): ProjectCopy {
  return { ...copy, env: { ...copy.env, VAULT_TOKEN: token } };
}

/** Every key in Vault by its name: the material, and how many versions there are. */
export async function keysInVault(
  vault: TestVault,
  { mount, path }: VaultKeys,
): Promise<Record<string, { material: string; publicId: string; version: number }>> {
  const names = await listed(vault, `${mount}/metadata/${path}/keys`);
  const entries = await Promise.all(
    names.map(async (name) => {
      const { data } = await vault.must("GET", `${mount}/data/${path}/keys/${name}`);
      const { data: fields, metadata } = data as {
        data: { material: string; publicId: string };
        metadata: { version: number };
      };
      return [name, { material: fields.material, publicId: fields.publicId, version: metadata.version }] as const;
    }),
  );
  return Object.fromEntries(entries);
}

/** Every creds file in Vault by `<region>/<namespace>/<secret>`. */
export async function credentialsInVault(
  vault: TestVault,
  { mount, path }: VaultKeys,
): Promise<Record<string, ReturnType<typeof parseCreds> & { readonly text: string; readonly version: number }>> {
  const places = await leaves(vault, `${mount}/metadata/${path}/creds`);
  const entries = await Promise.all(
    places.map(async (place) => {
      const { data } = await vault.must("GET", `${mount}/data/${path}/creds/${place}`);
      const { data: fields, metadata } = data as { data: Record<string, string>; metadata: { version: number } };
      const text = fields["nats.creds"];
      // The bridge's login is of another form.
      return text === undefined ? [] : [[place, { ...parseCreds(text), text, version: metadata.version }] as const];
    }),
  );
  return Object.fromEntries(entries.flat());
}

async function leaves(vault: TestVault, folder: string, prefix = ""): Promise<string[]> {
  const names = await listed(vault, `${folder}/${prefix}`.replace(/\/$/, ""));
  const found = await Promise.all(
    names.map(async (name) => (name.endsWith("/") ? leaves(vault, folder, `${prefix}${name}`) : [`${prefix}${name}`])),
  );
  return found.flat();
}

async function listed(vault: TestVault, folder: string): Promise<string[]> {
  const { status, data } = await vault.ask("GET", `${folder}?list=true`);
  return status === 404 ? [] : (data.keys as string[]);
}
