import { canonicalHash, canonicalJson } from "../nats/canonical-json.ts";
import { isUnknown, type Provider } from "./provider.ts";
import { currentHash, putFields, type Fields } from "./vault/document.ts";
import { removeSecret, type KvPlace } from "./vault/kv.ts";

/** What the resource of a secret in Vault remembers. */
export interface PublishedOutputs {
  readonly place: KvPlace;
  /** Hash of what is in Vault, as of the last update or refresh. */
  readonly contentHash: string;
  readonly version: number;
  /** Hash of what was asked for. */
  readonly requestHash: string;
}

/**
 * A provider of secrets in Vault that are made anew from their inputs whenever these change, or when a refresh has found that
 * somebody changed or deleted them.
 *
 * @param request what of the inputs decides what is written
 * @param make the fields, and what else is to be known of them
 */
export function published<Inputs extends { readonly place: KvPlace }, More extends object>(
  request: (inputs: Inputs) => unknown,
  make: (inputs: Inputs) => Promise<{ fields: Fields; more: More }>,
): Provider<Inputs, PublishedOutputs & More> {
  // With the address: where a Vault has moved, what is in it is looked at again.
  const requestHash = (inputs: Inputs) => {
    const { vault, mount, path } = inputs.place;
    return canonicalHash({
      at: [vault.address, vault.namespace ?? "", mount, path],
      request: canonicalJson(request(inputs)),
    });
  };

  const write = async (inputs: Inputs) => {
    const { fields, more } = await make(inputs);
    const version = await putFields(inputs.place, fields);
    return {
      ...more,
      place: inputs.place,
      version,
      contentHash: canonicalHash(fields),
      requestHash: requestHash(inputs),
    };
  };

  return {
    check: (_olds, news) => Promise.resolve({ inputs: news }),

    diff(_id, olds, news) {
      const changes = olds.contentHash === "" || isUnknown(news) || requestHash(news) !== olds.requestHash;
      return Promise.resolve({ changes });
    },

    async create(inputs) {
      const outs = await write(inputs);
      return { id: `${inputs.place.mount}/${inputs.place.path}`, outs };
    },

    async read(id, props) {
      if (props === undefined) return { id };
      const isSame = (await currentHash(props.place)) === props.contentHash;
      // An empty hash is never that of anything, so that the next update writes it again.
      return { id, props: isSame ? props : { ...props, contentHash: "" } };
    },

    async update(_id, olds, news) {
      const outs = await write(news);
      const isElsewhere = olds.place.path !== news.place.path || olds.place.mount !== news.place.mount;
      if (isElsewhere) await removeSecret(olds.place);
      return { outs };
    },

    delete: (_id, { place }) => removeSecret(place),
  };
}
