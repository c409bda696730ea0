import { adoptionProblem, publicIdOf, type MaterialKind } from "./material.ts";
import { isUnknown, mistake, type Provider } from "./provider.ts";
import { keep, open } from "./stores/keep.ts";
import { placeFor, placeOf, reachable, type KeyLocation, type KeptKey, type StoreSettings } from "./stores/store.ts";
import { readField, type KvField } from "./stores/vault.ts";

/** What a key's resource is asked for. */
export interface KeyInputs {
  readonly kind: MaterialKind;
  /** The name that the key goes by in its store. */
  readonly name: string;
  readonly keys: StoreSettings;
  /** It signs for an operator or an account, so that it may be in a store which signs and shows nothing. */
  readonly isSigningKey?: boolean | undefined;
  /** An existing seed (or password, or root) to use instead of a new one. Secret. */
  readonly adopt?: string | undefined;
  /** Where in the Vault an existing seed is, to use instead of a new one. */
  readonly adoptFrom?: KvField | undefined;
}

/** What is known of a minted key. */
export interface KeyOutputs extends KeyInputs {
  /** An nkey's public key; a fingerprint of what is no nkey. */
  readonly publicId: string;
  /** Where the material is. Secret. */
  readonly location: KeyLocation;
  /** When the key was minted or adopted, in whole seconds since 1970. */
  readonly mintedAt: number;
}

/**
 * Mints a key once. No edit of the program, of its configuration or of a library changes a key that exists: a rotation
 * makes another resource. A move to another store is asked for by name (`movedFrom`), and takes the key along as it is.
 */
export const keyProvider: Provider<KeyInputs, KeyOutputs> = {
  check(_olds, news) {
    const problem =
      news.adopt === undefined || isUnknown(news.adopt) ? undefined : adoptionProblem(news.kind, news.adopt);
    const failures =
      problem === undefined ? [] : [{ property: "adopt", reason: `The existing key of ${news.name} ${problem}.` }];
    return Promise.resolve({ inputs: news, failures });
  },

  diff(_id, olds, news) {
    if (news.adopt !== undefined && !isUnknown(news.adopt) && publicIdOf(olds.kind, news.adopt) !== olds.publicId) {
      throw mistake(
        `${olds.name}: the seed given for adoption is not the seed of ${olds.publicId}, which this key already is. ` +
          `A key never changes once it is minted: take the seed out of the configuration again.`,
      );
    }
    if (!isMove(olds, news)) return Promise.resolve({ changes: false });
    return Promise.resolve({ changes: true, stables: ["publicId", "mintedAt", "kind", "name"] });
  },

  async create(inputs) {
    const { adopt, adoptFrom, keys, ...rest } = inputs;
    const existing = adoptFrom === undefined ? adopt : await adopted(inputs, adoptFrom);
    const kept = await keep({ ...rest, adopt: existing }, keys, inputs.isSigningKey === true);
    return { id: kept.publicId, outs: { ...rest, keys, ...kept } };
  },

  read: (id, props) => Promise.resolve(props === undefined ? { id } : { id, props }),

  async update(_id, olds, news) {
    // An engine may ask for an update without a difference (`--target-replace` and the like).
    if (!isMove(olds, news)) return { outs: olds };
    const { name, kind } = olds;
    const material = await open(reachable(olds.location, news.keys));
    const kept: KeptKey = await keep({ name, kind, adopt: material }, news.keys, news.isSigningKey === true);
    if (kept.publicId !== olds.publicId) throw new Error(`${name}: the store keeps another key than it was given`);
    // The engine takes no `undefined` in outputs.
    const signing = news.isSigningKey === undefined ? {} : { isSigningKey: news.isSigningKey };
    return { outs: { ...olds, ...signing, keys: news.keys, location: kept.location } };
  },

  // The state was the key's only home, or the store keeps it: either way there is nothing to do.
  delete: () => Promise.resolve(),
};

/** Whether a key is to go to another store, or place in it. @throws where the configuration names another one without saying so */
function isMove({ name, location }: KeyOutputs, { keys, isSigningKey }: KeyInputs): boolean {
  const wanted = placeFor(keys, name, isSigningKey === true);
  const here = placeOf(location);
  if (wanted === here) return false;
  if (location.store === "transit") {
    throw mistake(
      `${name}: it is in ${here}, and Transit gives no key out, so it can't be moved to ${wanted}: configure that Transit mount again.`,
    );
  }
  const from = keys.movedFrom === undefined ? undefined : placeFor(keys.movedFrom, name, isSigningKey === true);
  if (from === here) return true;
  throw mistake(
    `${name}: it is in ${here}, but by the configuration it would be in ${wanted}. Keys move only when somebody says so: write what ` +
      "keys was before as keys.movedFrom beside it (docs/vault.md), or take the change back.",
  );
}

async function adopted({ name, kind, keys }: KeyInputs, from: KvField): Promise<string> {
  if (keys.store !== "vault")
    throw new Error(`${name}: an existing key is to come from Vault, but keys are in the state`);
  const material = await readField(from, keys);
  const problem = adoptionProblem(kind, material);
  if (problem === undefined) return material;
  throw mistake(
    `Vault at ${keys.address}: ${keys.mount}/${from.path}: the existing key of ${name} in field ${from.field} ${problem}`,
  );
}
