import { createHash } from "node:crypto";
import { encodeSeed } from "../../nats/nkeys.ts";
import type { GivenKind } from "../../config/seed-uses.ts";
import { formatContent } from "../../providers/content/content.ts";
import { contentOf, type Recipe } from "../../providers/content/recipe.ts";
import type { KeyInputs } from "../../providers/key.ts";
import type { MaterialKind } from "../../providers/material.ts";

/** Material that depends on a key's name alone, for goldens: never for anything that is to be safe. */
export function fixedMaterial(kind: Exclude<MaterialKind, "content">, name: string): string {
  const raw = createHash("sha256").update(`a key for tests: ${name}`).digest();
  return kind === "userRoot" || kind === "password" ? raw.toString("base64url") : encodeSeed(kind, raw);
}

/** The time at which everything with a fixed key was minted and signed. */
export const fixedTime = 1_800_000_000;

/** What a person may give under that name: a seed, a password, a token or what has the form of a private key. */
export function fixedGiven(kind: GivenKind, name: string): string {
  const text = createHash("sha256").update(`given for tests: ${name}`).digest("base64url");
  if (kind === "token") return `e30.e30.${text}`;
  if (kind === "privateKey" || kind === "tlsKey")
    return `-----BEGIN PRIVATE KEY-----\n${text}\n-----END PRIVATE KEY-----\n`;
  const isText = kind === "password" || kind === "foreignPassword" || kind === "bearer";
  return isText ? text : fixedMaterial(kind === "nkey" ? "user" : kind, name);
}

/** The material of a key of whatever kind. */
export function fixedKey({ kind, name, content }: Pick<KeyInputs, "kind" | "name" | "content">): string {
  if (kind !== "content") return fixedMaterial(kind, name);
  if (content === undefined) throw new Error(`${name} is the content of a Secret without a recipe`);
  return formatContent({
    ...contentOf(content.recipe, givenTo(content.recipe, name)),
    ...fixedId(content.recipe, name),
  });
}

function givenTo(recipe: Recipe, name: string): string {
  return fixedGiven(recipe.type === "nkey" ? (recipe.kind ?? "user") : recipe.type, name);
}

function fixedId({ type }: Recipe, name: string): { publicId?: string } {
  return type === "nkey" ? {} : { publicId: `${type}-of-${name}` };
}
