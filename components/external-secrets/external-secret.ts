import type * as pulumi from "@pulumi/pulumi";
import type { ExternalSecretsSettings, VaultKeys } from "../../config/schema.ts";
import { credentialPath, trustPath } from "../../providers/vault/paths.ts";
import { CHECKSUM_ANNOTATION } from "../credentials/checksum.ts";
import type { Delivery } from "../credentials/delivery.ts";
import type { RemoteReference } from "../target/external-secrets.ts";
import type { ManifestArgs } from "../target/index.ts";
import { goDuration } from "./duration.ts";
import { credentialLabels, managedBy } from "./labels.ts";
import { storeReference } from "./store.ts";
import type { Template } from "./template.ts";

/** Where the external secrets of a region come from. */
export interface SecretSource {
  keys: VaultKeys;
  region: string;
  settings: ExternalSecretsSettings;
}

/**
 * The Secret that a workload mounts to connect as its user: the fields of the document in Vault, as they are.
 *
 * @param checksum changes with the document, which has External Secrets look at it at once
 */
export function credentialExternalSecret(
  source: SecretSource,
  delivery: Delivery,
  checksum: pulumi.Input<string>,
): ManifestArgs["ExternalSecret"] {
  const { namespace, secret, immutable } = delivery;
  const annotations = { [CHECKSUM_ANNOTATION]: checksum };
  const labels = credentialLabels(delivery);
  return documentExternalSecret(source, { namespace, name: secret, labels, annotations, immutable });
}

/** A Secret with the fields of the document that is in Vault at its place, as they are. */
export function documentExternalSecret(source: SecretSource, secret: Made): ManifestArgs["ExternalSecret"] {
  const { keys, region } = source;
  const { namespace, name } = secret;
  const path = credentialPath(keys.path, { region, namespace, secret: name });
  return externalSecret(source, secret, { dataFrom: [{ extract: document(path) }] });
}

/** A Secret of texts into which External Secrets puts values. */
export interface TemplatedSecret {
  namespace: string;
  name: string;
  labels: Record<string, string>;
  /** Of the external secret, and of the Secret. */
  annotations?: Record<string, pulumi.Input<string>>;
  /** Field of the Secret to its text. */
  templates: pulumi.Input<Record<string, pulumi.Input<Template>>>;
  /** Name of each placeholder to the field of a document in Vault that it stands for. */
  values: Readonly<Record<string, { path: string; property: string }>>;
}

/** A Secret whose text is known but for the values that only Vault holds. The values alone aren't in the Secret. */
export function templatedExternalSecret(source: SecretSource, secret: TemplatedSecret): ManifestArgs["ExternalSecret"] {
  const data = Object.entries(secret.values).map(([secretKey, { path, property }]) => ({
    secretKey,
    remoteRef: { ...document(path), property },
  }));
  return externalSecret(source, secret, { data });
}

/**
 * `nats-credentials` in the servers' namespace: JWTs and public keys of the operator and the accounts (see {@link trustDocument}),
 * for a Job that pushes accounts. No seed is among them.
 */
export function natsCredentials(source: SecretSource, namespace: string): ManifestArgs["ExternalSecret"] {
  return externalSecret(
    source,
    { namespace, name: "nats-credentials", labels: managedBy },
    { dataFrom: [{ extract: document(trustPath(source.keys.path)) }] },
  );
}

interface Made {
  namespace: string;
  name: string;
  labels: Record<string, string>;
  templates?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Of the external secret, and of the Secret that it makes. */
  annotations?: Record<string, pulumi.Input<string>>;
  immutable?: boolean;
}

/** Owner and Retain: the Secret goes with its ExternalSecret, but not when Vault is away or a document in it was deleted. */
function externalSecret(
  { settings }: SecretSource,
  { namespace, name, labels, templates, annotations, immutable = false }: Made,
  content: Pick<ManifestArgs["ExternalSecret"]["spec"], "data" | "dataFrom">,
): ManifestArgs["ExternalSecret"] {
  const marks = { labels, ...(annotations === undefined ? {} : { annotations }) };
  return {
    metadata: { name, namespace, ...marks },
    spec: {
      secretStoreRef: storeReference(settings),
      refreshPolicy: "Periodic",
      refreshInterval: goDuration(settings.refreshInterval),
      target: {
        name,
        creationPolicy: "Owner",
        deletionPolicy: "Retain",
        ...(immutable ? { immutable } : {}),
        template: {
          engineVersion: "v2",
          mergePolicy: "Replace",
          metadata: marks,
          ...(templates === undefined ? {} : { data: templates }),
        },
      },
      ...content,
    },
  };
}

function document(key: string): RemoteReference {
  return { key, conversionStrategy: "Default", decodingStrategy: "None", metadataPolicy: "None" };
}
