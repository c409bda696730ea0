import { published } from "./vault-fields.ts";
import type { Fields } from "./vault/document.ts";
import type { KvPlace } from "./vault/kv.ts";

/** A secret in Vault of which nothing is secret: what others look for there. */
export interface DocumentInputs {
  readonly place: KvPlace;
  readonly fields: Fields;
}

/** Writes public values into Vault. */
export const documentProvider = published<DocumentInputs, object>(
  ({ fields }) => fields,
  ({ fields }) => Promise.resolve({ fields, more: {} }),
);
