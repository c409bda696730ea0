import * as pulumi from "@pulumi/pulumi";
import { credentialChecksum } from "../credentials/checksum.ts";
import type { Delivery } from "../credentials/delivery.ts";
import type { TrustChain } from "../trust/index.ts";
import type { DeliveredCredential } from "./region-secrets.ts";

/** What is publicly known of a delivered Secret but for the user's public key, which each store learns in a way of its own. */
export function aboutCredential(
  trust: TrustChain,
  { account, user, format }: Pick<Delivery, "account" | "user" | "format">,
  url: string,
): { checksum: pulumi.Output<string>; issued: Omit<DeliveredCredential["issued"], "publicKey"> } {
  const identity = trust.identify(account, user);
  return {
    checksum: pulumi.output(identity).apply((known) => credentialChecksum(known, url, format)),
    issued: { account, accountKey: identity.account, user, rotation: identity.rotation },
  };
}
