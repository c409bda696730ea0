import type * as pulumi from "@pulumi/pulumi";
import type { ManifestArgs } from "../target/index.ts";

/** One user's credentials for one place. */
export interface Delivery {
  readonly account: string;
  readonly user: string;
  readonly namespace: string;
  /** Name of the Secret. */
  readonly secret: string;
}

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
      labels: {
        "app.kubernetes.io/managed-by": "nats-platform",
        "nats-platform/account": account,
        "nats-platform/user": user,
      },
    },
    stringData: { "nats.creds": creds, URLS: url, ACCOUNT_NAME: account },
  };
}
