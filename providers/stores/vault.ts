import { adoptionProblem, isSameMaterial, publicIdOf, type MaterialKind } from "../material.ts";
import { mistake } from "../provider.ts";
import type { VaultAccess } from "../vault/client.ts";
import { checkMount, checkRetention, readSecret, writeSecret, type Found, type KvPlace } from "../vault/kv.ts";
import { keyPath } from "../vault/paths.ts";
import { newMaterial } from "./new-material.ts";
import { accessOf, type KeptKey, type KvLocation, type NewKey, type VaultSettings } from "./store.ts";

/**
 * Keeps a key at its own path of a KV version 2 mount, written once (`cas=0`). A run that wrote it and never reported back, or
 * one that was faster, has made the key already: then it is that one.
 */
export async function keepInVault(key: NewKey, settings: VaultSettings): Promise<KeptKey> {
  const { name, kind, adopt } = key;
  const vault = accessOf(settings);
  const place: KvPlace = { vault, mount: settings.mount, path: keyPath(settings.path, name) };
  await checkMount(vault, settings.mount);
  let found = await readSecret(place);
  if (found.is === "absent") {
    const material = await newMaterial(key);
    await writeSecret(place, { kind, publicId: publicIdOf(kind, material), material }, 0);
    found = await readSecret(place);
  }
  const { material, version, writtenAt, publicId } = keyAt(place, kind, found);
  if (adopt !== undefined && !isSameMaterial(kind, adopt, material)) {
    throw mistake(
      `${where(place)}: found the key ${publicId}, but the existing key that ${name} is to be is ${publicIdOf(kind, adopt)}. ` +
        "A key never replaces another one: free the path, or give no existing key.",
    );
  }
  await checkRetention(place);
  return {
    location: { store: "vault", mount: place.mount, path: place.path, version, kind, publicId },
    publicId,
    mintedAt: writtenAt,
  };
}

const opened = new Map<string, Promise<string>>();

/** The material of a key. A version of a secret never changes, so each is read once for the whole process. */
export function openInVault(location: KvLocation, vault: VaultAccess): Promise<string> {
  const { mount, path, version } = location;
  const key = JSON.stringify([vault, mount, path, version]);
  const known = opened.get(key) ?? readKey(location, { vault, mount, path });
  opened.set(key, known);
  known.catch(() => opened.delete(key));
  return known;
}

async function readKey({ version, kind, publicId }: KvLocation, place: KvPlace): Promise<string> {
  const found = keyAt(place, kind, await readSecret(place, version));
  if (found.publicId === publicId) return found.material;
  throw mistake(
    `${where(place)}: version ${version} is the key ${found.publicId}, but must be ${publicId}: somebody removed the secret and made ` +
      "another one. Restore it from a backup of Vault: a key is never replaced.",
  );
}

/** Where an existing key is to be taken from: a field of a secret in the same mount, such as of nsc seeds that were copied there. */
export interface KvField {
  readonly path: string;
  readonly field: string;
}

/** An existing seed. Nothing is changed at its place. */
export async function readField({ path, field }: KvField, settings: VaultSettings): Promise<string> {
  const place: KvPlace = { vault: accessOf(settings), mount: settings.mount, path };
  await checkMount(place.vault, place.mount);
  const { data } = present(place, await readSecret(place));
  const value = data[field];
  if (typeof value === "string" && value.trim() !== "") return value.trim();
  const fields = Object.keys(data).sort().join(", ");
  throw mistake(`${where(place)}: found the fields ${fields}, but the existing key is to be in ${field}`);
}

interface Key {
  readonly material: string;
  readonly publicId: string;
  readonly version: number;
  readonly writtenAt: number;
}

/** What is at a place, if it is a key of this kind. Errors don't repeat any of it. */
function keyAt(place: KvPlace, kind: MaterialKind, found: Found): Key {
  const { data, version, writtenAt } = present(place, found);
  const { material, publicId } = data;
  const problem =
    data.kind !== kind
      ? `its field kind is ${JSON.stringify(data.kind ?? null)}, but must be ${JSON.stringify(kind)}`
      : typeof material !== "string"
        ? "it has no field material"
        : (problemOf(kind, material) ??
          (publicIdOf(kind, material) === publicId ? undefined : "its field publicId is not that of its material"));
  if (problem !== undefined)
    throw mistake(`${where(place)}: what is there is not the key that belongs there: ${problem}`);
  return { material: material as string, publicId: publicId as string, version, writtenAt };
}

function problemOf(kind: MaterialKind, material: string): string | undefined {
  const problem = adoptionProblem(kind, material);
  return problem === undefined ? undefined : `its field material ${problem}`;
}

function present(place: KvPlace, found: Found): Found & { is: "present" } {
  const namespace = place.vault.namespace === undefined ? "" : ` -namespace=${place.vault.namespace}`;
  switch (found.is) {
    case "present":
      return found;
    case "deleted":
      throw mistake(
        `${where(place)}: version ${found.version} was deleted at ${found.at}. Restore it: ` +
          `\`vault kv undelete${namespace} -mount=${place.mount} -versions=${found.version} ${place.path}\`. No new key is made in its place.`,
      );
    case "destroyed":
      throw mistake(
        `${where(place)}: version ${found.version} was destroyed. Restore it from a backup of Vault; no new key is made in its place. ` +
          `Where the key is lost for good: \`vault kv metadata delete${namespace} -mount=${place.mount} ${place.path}\` frees the path for another one.`,
      );
    case "absent":
      throw mistake(
        `${where(place)}: there is nothing. Restore it from a backup of Vault; no new key is made in its place.`,
      );
  }
}

function where({ vault, mount, path }: KvPlace): string {
  return `Vault at ${vault.address}: ${mount}/${path}`;
}
