import { textOfData } from "./content/content.ts";
import { dataFrom, requestFor, type SecretSource } from "./content/source.ts";
import { published } from "./vault-fields.ts";
import type { KvPlace } from "./vault/kv.ts";

/** A Secret's content in Vault, for External Secrets to bring it where it belongs. */
export interface SecretDocumentInputs {
  readonly place: KvPlace;
  /** Secret. */
  readonly source: SecretSource;
}

/** Writes what a Secret is to hold into Vault, all in the provider's process. */
export const secretDocumentProvider = published<SecretDocumentInputs, object>(
  ({ source }) => requestFor(source),
  async ({ source }) => ({ fields: textOfData(await dataFrom(source)), more: {} }),
);
