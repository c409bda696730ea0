import { decodeSeed, publicKeyOf, type PublicNkey, type Seed } from "../../nats/nkeys.ts";
import { mistake } from "../provider.ts";
import { createTransitKey, importTransitKey, readTransitKey, type TransitPlace } from "../vault/transit.ts";
import { accessOf, type KeptKey, type NewKey, type VaultSettings } from "./store.ts";

/** Makes a signing key in Transit, or brings an existing one in. A key of this name that is there already is it. */
export async function keepInTransit({ name, kind, adopt }: NewKey, settings: VaultSettings): Promise<KeptKey> {
  if (kind !== "operator" && kind !== "account") throw new Error(`${name}: Transit keeps no key of kind ${kind}`);
  const mount = settings.transit?.mount ?? "";
  const place: TransitPlace = { vault: accessOf(settings), mount, key: name };
  let found = await readTransitKey(place, kind);
  if (found === undefined) {
    if (adopt === undefined) await createTransitKey(place);
    else await importTransitKey(place, decodeSeed(adopt).raw);
    found = await readTransitKey(place, kind);
  }
  if (found === undefined)
    throw mistake(`Vault at ${settings.address}: ${mount}/keys/${name}: it was made, but is not there`);
  const wanted: PublicNkey = adopt === undefined ? found.publicKey : publicKeyOf(adopt as Seed);
  if (found.publicKey !== wanted) {
    throw mistake(
      `Vault at ${settings.address}: ${mount}/keys/${name}: found the key ${found.publicKey}, but the existing key that ${name} is to be is ` +
        `${wanted}. A key never replaces another one.`,
    );
  }
  return {
    location: { store: "transit", mount, key: name, version: found.version, publicId: found.publicKey },
    publicId: found.publicKey,
    mintedAt: found.createdAt,
  };
}
