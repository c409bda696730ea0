import { mistake } from "../provider.ts";
import { vaultAt, type Vault, type VaultAccess, type VaultAnswer } from "./client.ts";

/** One secret in a KV version 2 mount. */
export interface KvPlace {
  readonly vault: VaultAccess;
  readonly mount: string;
  readonly path: string;
}

/** What is found at a place. */
export type Found =
  | {
      readonly is: "present";
      readonly data: Readonly<Record<string, unknown>>;
      readonly version: number;
      readonly writtenAt: number;
    }
  /** There is nothing, and no metadata that tells of anything. */
  | { readonly is: "absent" }
  /** It was deleted, and can be undeleted. */
  | { readonly is: "deleted"; readonly version: number; readonly at: string }
  /** It is gone for good. */
  | { readonly is: "destroyed"; readonly version: number };

/**
 * Reads a version, by default the newest.
 *
 * Vault answers 404 for what was never written, and 404 with metadata for what was deleted: to take one for the other would
 * mint a second key (knowledge: the KV plugin's path_data.go).
 */
export async function readSecret({ vault, mount, path }: KvPlace, version?: number): Promise<Found> {
  const query = version === undefined ? "" : `?version=${version}`;
  const answer = await vaultAt(vault).request({
    method: "GET",
    path: `${mount}/data/${path}${query}`,
    needs: { path: `${mount}/data/${path}`, capabilities: ["read"] },
  });
  const { data, metadata } = answer.data as { data?: Record<string, unknown> | null; metadata?: VersionMetadata };
  if (answer.status === 404 && metadata === undefined) return { is: "absent" };
  if (metadata === undefined) throw unexpected(mount, path, answer);
  if (metadata.destroyed) return { is: "destroyed", version: metadata.version };
  if (metadata.deletion_time !== "" && (data === null || data === undefined)) {
    return { is: "deleted", version: metadata.version, at: metadata.deletion_time };
  }
  const writtenAt = Math.floor(Date.parse(metadata.created_time) / 1000);
  return { is: "present", data: data ?? {}, version: metadata.version, writtenAt };
}

interface VersionMetadata {
  readonly version: number;
  readonly created_time: string;
  readonly deletion_time: string;
  readonly destroyed: boolean;
}

/**
 * Writes a secret if its newest version is still `cas` (0: nothing was ever written there), and gives its new version;
 * undefined if somebody else was faster.
 */
export async function writeSecret(
  { vault, mount, path }: KvPlace,
  data: Readonly<Record<string, string>>,
  cas: number,
): Promise<number | undefined> {
  const answer = await vaultAt(vault).request({
    method: "POST",
    path: `${mount}/data/${path}`,
    body: { data, options: { cas } },
    needs: {
      path: `${mount}/data/${path}`,
      capabilities: cas === 0 ? ["create", "read"] : ["create", "update", "read"],
    },
  });
  if (answer.status === 400 && answer.errors.some((error) => error.includes("check-and-set"))) return undefined;
  if (answer.status !== 200) throw unexpected(mount, path, answer);
  return answer.data.version as number;
}

/** Removes a secret with all of its versions. */
export async function removeSecret({ vault, mount, path }: KvPlace): Promise<void> {
  const answer = await vaultAt(vault).request({
    method: "DELETE",
    path: `${mount}/metadata/${path}`,
    needs: { path: `${mount}/metadata/${path}`, capabilities: ["delete"] },
  });
  if (answer.status >= 300 && answer.status !== 404) throw unexpected(mount, path, answer);
}

const checked = new Map<Vault, Map<string, Promise<void>>>();

/**
 * Makes sure, once for each process, that a mount keeps what is written into it: KV version 2, no expiry of versions, and more
 * than one of them.
 */
export function checkMount(access: VaultAccess, mount: string): Promise<void> {
  const vault = vaultAt(access);
  const known = checked.get(vault) ?? new Map<string, Promise<void>>();
  checked.set(vault, known);
  const check = known.get(mount) ?? judgeMount(vault, mount);
  known.set(mount, check);
  // A check that could not be made says nothing about the mount.
  check.catch(() => known.delete(mount));
  return check;
}

async function judgeMount(vault: Vault, mount: string): Promise<void> {
  const where = `Vault at ${vault.address}: ${mount}`;
  const { status, data } = await vault.request({
    method: "GET",
    path: `sys/internal/ui/mounts/${mount}`,
    mayBeDenied: true,
  });
  if (status !== 200) {
    throw mistake(
      `${where}: there is no such mount, or the token may do nothing in it; a policy with this line lets it see the mount:\n` +
        `  path "${mount}/config" { capabilities = ["read"] }`,
    );
  }
  const { type, options } = data as { type?: string; options?: { version?: string } | null };
  if (type !== "kv") throw mistake(`${where}: found a mount of type ${String(type)}; a KV version 2 mount is needed`);
  if (options?.version !== "2") {
    throw mistake(
      `${where}: found a KV version 1 mount, which forgets what it overwrites; version 2 is needed (\`vault kv enable-versioning ${mount}\`)`,
    );
  }
  const config = await vault.request({
    method: "GET",
    path: `${mount}/config`,
    needs: { path: `${mount}/config`, capabilities: ["read"] },
  });
  if (config.status !== 200) throw mistake(`${where}: its configuration can't be read: ${config.errors.join("; ")}`);
  const problem = retentionProblem(config.data);
  if (problem !== undefined)
    throw mistake(
      `${where}: ${problem.found}; ${problem.allowed} (\`vault write ${mount}/config ${problem.setting}\`)`,
    );
}

/** Makes sure that one secret's own settings don't let its versions expire. */
export async function checkRetention({ vault, mount, path }: KvPlace): Promise<void> {
  const { status, data } = await vaultAt(vault).request({
    method: "GET",
    path: `${mount}/metadata/${path}`,
    needs: { path: `${mount}/metadata/${path}`, capabilities: ["read"] },
  });
  const problem = status === 200 ? retentionProblem(data) : undefined;
  if (problem === undefined) return;
  const [name = "", value = ""] = problem.setting.split("=");
  throw mistake(
    `Vault at ${vault.address}: ${mount}/${path}: ${problem.found}; ${problem.allowed} ` +
      `(\`vault kv metadata put -mount=${mount} -${name.replaceAll("_", "-")}=${value} ${path}\`)`,
  );
}

function retentionProblem(
  settings: Readonly<Record<string, unknown>>,
): { found: string; allowed: string; setting: string } | undefined {
  const expiry = settings.delete_version_after;
  if (typeof expiry === "string" && expiry !== "0s") {
    return {
      found: `found delete_version_after ${expiry}`,
      allowed: "keys would be lost then, so it must be 0s",
      setting: "delete_version_after=0s",
    };
  }
  // 0 is the default, which is 10.
  if (settings.max_versions === 1) {
    return {
      found: "found max_versions 1",
      allowed: "any write would destroy the key, so it must be 2 or more",
      setting: "max_versions=10",
    };
  }
  return undefined;
}

function unexpected(mount: string, path: string, { status, errors }: VaultAnswer): Error {
  return mistake(
    `Vault: ${mount}/data/${path}: found status ${status}${errors.length === 0 ? "" : ` (${errors.join("; ")})`}`,
  );
}
