import { publicIdOf } from "../../providers/material.ts";
import { open } from "../../providers/stores/keep.ts";
import { accessOf, placeOf, reachable, type TransitLocation } from "../../providers/stores/store.ts";
import { readTransitKey } from "../../providers/vault/transit.ts";
import { Trouble } from "../../tools/project.ts";
import { inParallel } from "./in-parallel.ts";
import type { Move, MovingKey, Plan } from "./plan.ts";
import type { State } from "./state.ts";

/**
 * Makes sure that every key is in the new store, and is the key that its resource says.
 * @returns the material of all keys that can be read: secret
 * @throws Trouble that lists every key of which this is not so
 */
export async function verifyKeys({ to, keys }: Plan): Promise<string[]> {
  const problems: string[] = [];
  const materials: string[] = [];
  await inParallel(keys, async (moving) => {
    const { name, publicId, location } = moving.key;
    if (placeOf(location) !== moving.wanted) {
      problems.push(`${name}: it is in ${placeOf(location)}, but must be in ${moving.wanted}`);
      return;
    }
    try {
      const { found, material } = await lookUp(moving, to);
      if (found !== publicId) problems.push(`${name}: found ${found ?? "nothing"}, but it must be ${publicId}`);
      if (material !== undefined) materials.push(material);
    } catch (error) {
      problems.push(`${name}: ${(error as Error).message}`);
    }
  });
  if (problems.length === 0) return materials;
  throw new Trouble(
    `${problems.length} of ${keys.length} keys are not as they must be; no old copy was removed:\n  ${problems.sort().join("\n  ")}`,
  );
}

/** Makes sure that every JWT is what it was. @throws Trouble */
export function verifyJwts(before: State["jwts"], after: State["jwts"]): void {
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (urn) => before[urn] !== after[urn],
  );
  if (changed.length === 0) return;
  const names = changed.map((urn) => urn.split("::").at(-1)).join(", ");
  throw new Trouble(`the move has changed JWTs, which it must not: ${names}; no old copy was removed`);
}

async function lookUp({ key }: MovingKey, to: Move["to"]): Promise<{ found: string | undefined; material?: string }> {
  if (key.location.store === "transit") return { found: await transitKey(key, key.location, to) };
  const material = await open(reachable(key.location, to));
  return { found: publicIdOf(key.kind, material), material };
}

async function transitKey(
  { kind }: MovingKey["key"],
  { mount, key }: TransitLocation,
  to: Move["to"],
): Promise<string | undefined> {
  if (to.store !== "vault" || (kind !== "operator" && kind !== "account")) return undefined;
  return (await readTransitKey({ vault: accessOf(to), mount, key }, kind))?.publicKey;
}
