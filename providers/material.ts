import { hkdfSync, randomBytes } from "node:crypto";
import { contentProblem, isSameData, parseContent } from "./content/content.ts";
import { decodeSeed, encodeSeed, publicKeyOf, type Seed } from "../nats/nkeys.ts";

/** The nkeys that are minted or adopted. A user is usually derived from its account's root (nats/users.ts). */
export type NkeyKind = "operator" | "account" | "user";

/** What else is minted: the root from which an account's users derive, and passwords. */
export type SecretKind = "userRoot" | "password";

/** What can be minted without being told more, and the contents of generated Secrets (content/recipe.ts). */
export type MaterialKind = NkeyKind | SecretKind | "content";

/** New material: an nkey's seed, or 32 random bytes as unpadded base64url. */
export function mintMaterial(kind: NkeyKind | SecretKind): string {
  const raw = randomBytes(32);
  return isNkey(kind) ? encodeSeed(kind, raw) : raw.toString("base64url");
}

/**
 * What a key is known by in ids, previews and logs: an nkey's public key, or a fingerprint of anything else.
 *
 * A fingerprint may be read by anybody: it is HKDF-SHA256 of 32 random bytes.
 */
export function publicIdOf(kind: MaterialKind, material: string): string {
  if (isNkey(kind)) return publicKeyOf(material as Seed);
  if (kind === "content") return parseContent(material).publicId;
  const fingerprint = hkdfSync("sha256", Buffer.from(material, "base64url"), "", "nats-platform/fingerprint", 16);
  return `${kind}-${Buffer.from(fingerprint).toString("hex")}`;
}

/** Why a text can't be adopted as material of this kind, in words that don't repeat it; undefined where it can. */
export function adoptionProblem(kind: MaterialKind, material: string): string | undefined {
  if (kind === "content") return contentProblem(material);
  if (!isNkey(kind)) {
    return Buffer.from(material, "base64url").length === 32 ? undefined : "must be 32 bytes as base64url";
  }
  try {
    const found = decodeSeed(material).kind;
    return found === kind ? undefined : `is the seed of a key of kind ${found}, but must be one of kind ${kind}`;
  } catch (error) {
    return `is no nkey seed: ${(error as Error).message}`;
  }
}

/** Whether two materials of a kind are the same key. */
export function isSameMaterial(kind: MaterialKind, one: string, other: string): boolean {
  if (kind === "content") return isSameData(parseContent(one).data, parseContent(other).data);
  return publicIdOf(kind, one) === publicIdOf(kind, other);
}

function isNkey(kind: MaterialKind): kind is NkeyKind {
  return kind === "operator" || kind === "account" || kind === "user";
}
