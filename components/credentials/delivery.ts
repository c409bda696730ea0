import type { CredentialFormat } from "../../nats/credential-fields.ts";

/** One user's credentials for one place. */
export interface Delivery {
  readonly account: string;
  readonly user: string;
  readonly namespace: string;
  /** Name of the Secret. */
  readonly secret: string;
  readonly format: CredentialFormat;
  /** Whether the cluster refuses changes of the Secret's content. */
  readonly immutable: boolean;
}
