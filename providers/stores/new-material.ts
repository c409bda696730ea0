import { mintMaterial } from "../material.ts";
import type { NewKey } from "./store.ts";

/** The material of a key that is not there yet: the existing one that it is to be, or new material. */
export async function newMaterial({ name, kind, adopt, mint }: NewKey): Promise<string> {
  if (adopt !== undefined) return adopt;
  if (mint !== undefined) return mint();
  if (kind === "content") throw new Error(`${name}: nothing says how its content is made`);
  return mintMaterial(kind);
}
