import type * as pulumi from "@pulumi/pulumi";
import { credentialLabels } from "../external-secrets/labels.ts";
import type { ManifestArgs } from "../target/index.ts";
import { CHECKSUM_ANNOTATION } from "./checksum.ts";
import type { Delivery } from "./delivery.ts";

/** What a {@link credentialsSecret} holds. */
export interface CredentialsContent {
  /** Field to value: secret. */
  fields: pulumi.Input<Record<string, string>>;
  checksum: pulumi.Input<string>;
}

/** The Secret that a workload mounts to connect as its user. */
export function credentialsSecret(
  { account, user, namespace, secret, immutable }: Delivery,
  { fields, checksum }: CredentialsContent,
): ManifestArgs["Secret"] {
  return {
    metadata: {
      name: secret,
      namespace,
      labels: credentialLabels({ account, user }),
      annotations: { [CHECKSUM_ANNOTATION]: checksum },
    },
    ...(immutable ? { immutable } : {}),
    stringData: fields,
  };
}
