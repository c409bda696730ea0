import { mintMaterial, publicIdOf } from "../material.ts";
import type { KeptKey, NewKey } from "./store.ts";

/** Keeps a key in the Pulumi state itself, as a secret output, encrypted by the stack's secrets provider. */
export function keepInState({ kind, adopt }: NewKey): KeptKey {
  const material = adopt ?? mintMaterial(kind);
  return {
    location: { store: "state", material },
    publicId: publicIdOf(kind, material),
    mintedAt: Math.floor(Date.now() / 1000),
  };
}
