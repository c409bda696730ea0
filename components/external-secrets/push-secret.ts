import type { ManifestArgs } from "../target/index.ts";
import { goDuration } from "./duration.ts";
import type { SecretSource } from "./external-secret.ts";
import { managedBy } from "./labels.ts";
import { storeReference } from "./store.ts";

/** A Secret of the cluster whose fields are to be a document in Vault. */
export interface PushedSecret {
  namespace: string;
  /** Name of the Secret, and of the PushSecret. */
  secret: string;
  /** Path of the document in the KV mount. */
  path: string;
}

/**
 * Writes a Secret of the cluster into Vault, all fields in one version, unless the document is there: a key that began in the
 * cluster arrives once, and is neither changed nor deleted from there.
 *
 * External Secrets 0.20 writes the document's metadata before its data, to mark it as its own. With that Vault takes the first
 * version for an update, so the store's role needs `create`, `update` and `read` on this very path of data/ and metadata/.
 */
export function pushSecret(
  { settings }: SecretSource,
  { namespace, secret, path }: PushedSecret,
): ManifestArgs["PushSecret"] {
  return {
    metadata: { name: secret, namespace, labels: managedBy },
    spec: {
      secretStoreRefs: [storeReference(settings)],
      refreshInterval: goDuration(settings.refreshInterval),
      updatePolicy: "IfNotExists",
      deletionPolicy: "None",
      selector: { secret: { name: secret } },
      data: [{ match: { remoteRef: { remoteKey: path } }, conversionStrategy: "None" }],
    },
  };
}
