import { seedOf } from "./content/content.ts";
import type { SlowSigner } from "../nats/jwt.ts";
import { signerOf, type Signer } from "../nats/nkeys.ts";
import { open, unreachable } from "./stores/keep.ts";
import type { ReachableLocation } from "./stores/store.ts";
import { signInTransit } from "./vault/transit.ts";

const signers = new Map<string, Signer>();

/** What signs with the key at a location: Vault's Transit, or we with the seed. */
export async function signerAt(location: ReachableLocation): Promise<Signer | SlowSigner> {
  if (location.store !== "transit") {
    const seed = seedOf(await open(location));
    const known = signers.get(seed) ?? signerOf(seed);
    signers.set(seed, known);
    return known;
  }
  const { vault, mount, key, version, publicId } = location;
  if (vault === undefined) throw unreachable(location);
  return {
    kind: publicId.startsWith("O") ? "operator" : "account",
    publicKey: publicId,
    sign: (message) => signInTransit({ vault, mount, key }, version, message),
  };
}
