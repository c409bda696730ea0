import { canonicalHash } from "../../nats/canonical-json.ts";
import type { CredentialFormat } from "../../nats/credential-fields.ts";
import type { UserIdentity } from "../trust/index.ts";

/** The annotation with which every delivered Secret tells what is in it, without giving it away. */
export const CHECKSUM_ANNOTATION = "nats-platform/checksum";

/**
 * SHA-256 in hex of all that decides what is in a delivered Secret, as far as it is public: it changes with the content, is the same
 * wherever the keys are kept, and is known in a preview, where a user's public key is not if it has yet to be derived in a provider. What the
 * key is derived from stands for it.
 */
export function credentialChecksum(user: UserIdentity, url: string, format: CredentialFormat): string {
  return canonicalHash({ ...user, url, format });
}
