import { createHash } from "node:crypto";
import { encodeSeed } from "../../nats/nkeys.ts";
import type { MaterialKind } from "../../providers/material.ts";

/** Material that depends on a key's name alone, for goldens: never for anything that is to be safe. */
export function fixedMaterial(kind: MaterialKind, name: string): string {
  const raw = createHash("sha256").update(`a key for tests: ${name}`).digest();
  return kind === "userRoot" || kind === "password" ? raw.toString("base64url") : encodeSeed(kind, raw);
}

/** The time at which everything with a fixed key was minted and signed. */
export const fixedTime = 1_800_000_000;
