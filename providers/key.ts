import { adoptionProblem, mintMaterial, publicIdOf, type MaterialKind } from "./material.ts";
import { isUnknown, mistake, type Provider } from "./provider.ts";
import { storeOf, type KeyLocation, type StoreSettings } from "./stores/store.ts";

/** What a key's resource is asked for. */
export interface KeyInputs {
  readonly kind: MaterialKind;
  /** The name that the key goes by in its store. */
  readonly name: string;
  readonly keys: StoreSettings;
  /** An existing seed (or password, or root) to use instead of a new one. Secret. */
  readonly adopt?: string | undefined;
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
 * makes another resource.
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
    return Promise.resolve({ changes: false });
  },

  async create(inputs) {
    const store = storeOf(inputs.keys);
    const location = await store.keep(inputs.name, inputs.adopt ?? mintMaterial(inputs.kind));
    const publicId = publicIdOf(inputs.kind, await store.open(location));
    const { adopt: _, ...known } = inputs;
    return { id: publicId, outs: { ...known, publicId, location, mintedAt: Math.floor(Date.now() / 1000) } };
  },

  read: (id, props) => Promise.resolve(props === undefined ? { id } : { id, props }),

  // `diff` never asks for an update; this one is for an engine that does it all the same (`--target-replace` and the like).
  update: (_id, olds) => Promise.resolve({ outs: olds }),

  // The state was the key's only home, or the store keeps it: either way there is nothing to do.
  delete: () => Promise.resolve(),
};
