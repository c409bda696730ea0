import type * as pulumi from "@pulumi/pulumi";
import { credentialLabels } from "../external-secrets/labels.ts";
import type { ManifestArgs } from "../target/index.ts";
import type { Delivery } from "./delivery.ts";

/** The Secret that a workload mounts to connect as its user. */
export function credentialsSecret(
  { account, user, namespace, secret }: Delivery,
  creds: pulumi.Input<string>,
  url: string,
): ManifestArgs["Secret"] {
  return {
    metadata: {
      name: secret,
      namespace,
      labels: credentialLabels({ account, user }),
    },
    stringData: { "nats.creds": creds, URLS: url, ACCOUNT_NAME: account },
  };
}
