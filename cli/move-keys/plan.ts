import { stringify } from "yaml";
import { keyNames } from "../../config/key-names.ts";
import type { Platform } from "../../config/schema.ts";
import {
  placeFor,
  placeOf,
  type StateSettings,
  type StoreSettings,
  type VaultSettings,
} from "../../providers/stores/store.ts";
import { Trouble } from "../../tools/project.ts";
import type { KeyInState } from "./state.ts";

/** From where to where keys go: one of both is the state, the other a Vault. */
export interface Move {
  readonly to: StoreSettings;
  readonly from: StateSettings | VaultSettings;
}

/** A key, and where it is to be. */
export interface MovingKey {
  readonly key: KeyInState;
  readonly isSigningKey: boolean;
  readonly wanted: string;
}

/** What there is to do. */
export interface Plan extends Move {
  readonly keys: readonly MovingKey[];
  /** The ones that are still in the old store. */
  readonly left: readonly MovingKey[];
}

/**
 * Compares the configuration with the state. Everything that would stop a move on its way stops it here.
 * @throws Trouble
 */
export function planMove(platform: Platform, keys: readonly KeyInState[], file: string): Plan {
  const { movedFrom: from } = platform.keys;
  if (keys.length === 0) throw new Trouble(`${file}: the state of this stack has no keys, so there is nothing to move`);
  if (from === undefined) throw new Trouble(`${file}: ${withoutMovedFrom(platform.keys, keys)}`);
  if (from.store === platform.keys.store) {
    throw new Trouble(
      `${file}: keys.movedFrom: found store ${from.store}, which keys.store is too; this command moves keys from state to vault and from vault to state (within a Vault, \`npm run up\` does it)`,
    );
  }
  const known = new Map(keyNames(platform).map(({ name, isSigning }) => [name, isSigning]));
  const names = new Set(keys.map(({ name }) => name));
  refuse(
    keys.filter(({ name }) => !known.has(name)).map(({ name }) => name),
    `${file}: found keys in the state that the configuration does not have`,
    "put them back until the move is over",
  );
  refuse(
    [...known.keys()].filter((name) => !names.has(name)),
    `${file}: found keys in the configuration that have not been made yet`,
    "take them out until the move is over",
  );
  const moving = keys.map((key): MovingKey => {
    const isSigningKey = known.get(key.name) ?? false;
    return { key, isSigningKey, wanted: placeFor(platform.keys, key.name, isSigningKey) };
  });
  const left = moving.filter(({ key, wanted }) => placeOf(key.location) !== wanted);
  refuse(
    left.filter(({ key }) => key.location.store === "transit").map(({ key }) => key.name),
    "found keys in Vault's Transit, which gives no key out",
    `they can't be moved to ${platform.keys.store}, and nothing was done: take the change of keys back`,
  );
  refuse(
    left
      .filter(({ key, isSigningKey }) => placeOf(key.location) !== placeFor(from, key.name, isSigningKey))
      .map(({ key }) => `${key.name} (in ${placeOf(key.location)})`),
    "found keys that are not where keys.movedFrom says",
    "write what keys was before",
  );
  return { to: platform.keys, from, keys: moving, left };
}

/** A store in words. */
export function storeInWords(settings: StateSettings | VaultSettings): string {
  if (settings.store === "state") return "the state";
  const transit = settings.transit === undefined ? "" : `, signing keys in ${settings.transit.mount}`;
  return `Vault at ${settings.address} (${settings.mount}/${settings.path}${transit})`;
}

function withoutMovedFrom(keys: Platform["keys"], found: readonly KeyInState[]): string {
  const [other] = found.filter(({ location }) => (location.store === "state" ? "state" : "vault") !== keys.store);
  if (other === undefined) {
    return (
      `keys.movedFrom: found nothing, and all ${found.length} keys are in ${storeInWords(keys)} already, so there is nothing to move. ` +
      "To move them, write the new store as keys, and the store that they are in now as keys.movedFrom (docs/vault.md)."
    );
  }
  const { movedFrom: _before, ...settings } = other.keys;
  const written = stringify({ keys: { ...keys, movedFrom: settings } }, { lineWidth: 0 });
  return `keys.movedFrom: found nothing, but keys are still in ${storeInWords(settings)}, and move only when the configuration says so. Write\n\n${written.replaceAll(/^/gm, "    ").trimEnd()}`;
}

function refuse(names: readonly string[], found: string, allowed: string): void {
  if (names.length > 0) throw new Trouble(`${found}: ${names.join(", ")}; ${allowed}`);
}

/** Makes sure that no key is in the old store any more. @throws Trouble */
export function assertMoved({ left, from }: Plan, stack: string): void {
  refuse(
    left.map(({ key }) => key.name),
    `found keys that are still in ${storeInWords(from)}, so no old copy can be removed`,
    `run \`npm run cli -- move-keys --stack ${stack}\`, then \`npm run up -- --stack ${stack}\`, then this again`,
  );
}
