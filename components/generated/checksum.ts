import type * as pulumi from "@pulumi/pulumi";
import { canonicalHash } from "../../nats/canonical-json.ts";
import type { GeneratedSource } from "./generated-secret.ts";

/**
 * A hash that changes with what a Secret holds, for the pods that use it. It is one of public names, so that it gives nothing away:
 * a hash of a password would let it be guessed.
 */
export function generatedChecksum(source: GeneratedSource): pulumi.Output<string> {
  const key = "content" in source ? source.content : source.signer;
  const token = "content" in source ? {} : { token: source.token };
  return key.publicKey.apply((publicKey) => canonicalHash({ publicKey, ...token }));
}
