import { mistake } from "../provider.ts";
import { keepInState } from "./state.ts";
import { storeFor, type KeptKey, type NewKey, type ReachableLocation, type StoreSettings } from "./store.ts";
import { keepInTransit } from "./transit.ts";
import { keepInVault, openInVault } from "./vault.ts";

/**
 * Keeps a key in the store that the settings mean for it. A store never replaces what it keeps: a rotation makes a new key under a
 * new name. One that outlives a run which never reported back gives the key that is there.
 */
export async function keep(key: NewKey, settings: StoreSettings, isSigningKey: boolean): Promise<KeptKey> {
  if (settings.store === "state") return keepInState(key);
  return storeFor(settings, isSigningKey) === "transit" ? keepInTransit(key, settings) : keepInVault(key, settings);
}

/** The material at a location. Throws where it can't be had, and says how to get it back. */
export async function open(location: ReachableLocation): Promise<string> {
  if (location.store === "state") return location.material;
  if (location.store === "transit") {
    throw mistake(`${location.mount}/keys/${location.key}: a key in Transit can sign, but nobody can read it`);
  }
  if (location.vault === undefined) throw unreachable(location);
  return openInVault(location, location.vault);
}

/** A location of a Vault, of which the configuration says nothing. */
export function unreachable({ store, mount }: { store: string; mount: string }): Error {
  return mistake(
    `a key is in a Vault (${store}, mount ${mount}), but keys in the configuration names none: write it as keys, or as keys.movedFrom`,
  );
}
