import { publicIdOf } from "../material.ts";
import { newMaterial } from "./new-material.ts";
import type { KeptKey, NewKey } from "./store.ts";

/** Keeps a key in the Pulumi state itself, as a secret output, encrypted by the stack's secrets provider. */
export async function keepInState(key: NewKey): Promise<KeptKey> {
  const { kind } = key;
  const material = await newMaterial(key);
  return {
    location: { store: "state", material },
    publicId: publicIdOf(kind, material),
    mintedAt: Math.floor(Date.now() / 1000),
  };
}
