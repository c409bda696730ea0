import {
  existingMaterial,
  foundAtPreview,
  givenMaterial,
  isGiven,
  newContent,
  wordFor,
  type ContentInputs,
} from "./content/key-content.ts";
import { givenProblem } from "./content/recipe.ts";
import { adoptionProblem, publicIdOf, type MaterialKind } from "./material.ts";
import { isUnknown, mistake, type Provider } from "./provider.ts";
import { keep, open } from "./stores/keep.ts";
import {
  placeFor,
  placeOf,
  reachable,
  type KeyLocation,
  type KeptKey,
  type StoreSettings,
  type VaultSettings,
} from "./stores/store.ts";
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
  /** Of kind content: how it is made. */
  readonly content?: ContentInputs | undefined;
  /** Which Secret of a cluster the content is. Set by `check` alone, for previews to show. */
  readonly keepsContentOf?: string;
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
  async check(olds, news) {
    const problem = news.adopt === undefined || isUnknown(news.adopt) ? undefined : givenIsNo(news, news.adopt);
    const failures =
      problem === undefined ? [] : [{ property: "adopt", reason: `The existing key of ${news.name} ${problem}.` }];
    return { inputs: problem === undefined ? await withContentFound(olds, news) : news, failures };
  },

  diff(_id, olds, news) {
    if (news.adopt !== undefined && !isUnknown(news.adopt) && !isSameKey(olds, news, news.adopt)) {
      throw mistake(
        `${olds.name}: the ${wordOf(news)} given for adoption is not the ${wordOf(news)} of ${olds.publicId}, which this key already is. ` +
          `A key never changes once it is minted: ${wayOut(news)}.`,
      );
    }
    if (!isMove(olds, news)) return Promise.resolve({ changes: false });
    return Promise.resolve({ changes: true, stables: ["publicId", "mintedAt", "kind", "name"] });
  },

  async create(inputs) {
    const { adopt: _adopt, adoptFrom: _adoptFrom, content, keys, ...rest } = inputs;
    const mint = content === undefined ? undefined : () => newContent(content);
    const kept = await keep({ ...rest, adopt: await existingKey(inputs), mint }, keys, inputs.isSigningKey === true);
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

/** What a key is to be that is not to be minted; undefined for one that is. */
async function existingKey(inputs: KeyInputs): Promise<string | undefined> {
  const { name, adopt, adoptFrom, content } = inputs;
  const given = adoptFrom === undefined ? adopt : await readField(adoptFrom, vaultOf(inputs));
  if (content !== undefined) {
    return given === undefined ? existingMaterial(content) : givenMaterial(name, content, given);
  }
  const problem = given === undefined || adoptFrom === undefined ? undefined : adoptionProblem(inputs.kind, given);
  if (problem === undefined || adoptFrom === undefined) return given;
  const { address, mount } = vaultOf(inputs);
  throw mistake(
    `Vault at ${address}: ${mount}/${adoptFrom.path}: the existing key of ${name} in field ${adoptFrom.field} ${problem}`,
  );
}

function vaultOf({ name, keys }: KeyInputs): VaultSettings {
  if (keys.store === "vault") return keys;
  throw new Error(`${name}: an existing key is to come from Vault, but keys are in the state`);
}

/** With what a preview can tell of a key that is new: the Secret of a cluster whose content it will be. */
async function withContentFound(olds: Partial<KeyInputs> | undefined, news: KeyInputs): Promise<KeyInputs> {
  const { keepsContentOf: _, ...inputs } = news;
  if (news.content === undefined || news.adopt !== undefined || news.adoptFrom !== undefined) return inputs;
  // A key that is there already had its content from wherever it had it.
  const found = olds?.name === undefined ? await foundAtPreview(news.content) : olds.keepsContentOf;
  return found === undefined ? inputs : { ...inputs, keepsContentOf: found };
}

/** Why what was given can't be the key, in words that don't repeat it. */
function givenIsNo({ kind, content }: KeyInputs, given: string): string | undefined {
  return content === undefined ? adoptionProblem(kind, given) : givenProblem(content.recipe, given);
}

/** Whether what was given is the key that is there. Only the state tells: what is in Vault is not given, but taken from there. */
function isSameKey({ kind, publicId, location }: KeyOutputs, { content }: KeyInputs, given: string): boolean {
  if (content === undefined) return publicIdOf(kind, given) === publicId;
  return location.store !== "state" || isGiven(content, given, location.material);
}

function wordOf({ content }: KeyInputs): string {
  return content === undefined ? "seed" : wordFor(content.recipe);
}

function wayOut({ content }: KeyInputs): string {
  if (content === undefined) return "take the seed out of the configuration again";
  return "raise the entry's rotation by one for another one, or give the old one again";
}

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
