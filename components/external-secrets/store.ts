import type { ExternalSecretsSettings, VaultKeys } from "../../config/schema.ts";
import type { StoreReference, VaultProvider } from "../target/external-secrets.ts";
import type { ManifestArgs } from "../target/index.ts";
import { namespaceRole, regionRole } from "../vault/names.ts";
import { managedBy } from "./labels.ts";

/** What the stores of one region are made of. */
export interface StoreArgs {
  keys: VaultKeys;
  settings: ExternalSecretsSettings;
  /** Every namespace of the region that receives something, each once. */
  namespaces: readonly string[];
  /** Content of `keys.caFile`: PEM. Absent: the authorities that the controller's image knows. */
  authorities?: string | undefined;
}

/** The stores of one region and the service accounts as which they sign in. */
export interface StoreObjects {
  serviceAccounts: ManifestArgs["ServiceAccount"][];
  secretStores: ManifestArgs["SecretStore"][];
  clusterSecretStores: ManifestArgs["ClusterSecretStore"][];
}

/**
 * A store in each namespace, which may read what is that namespace's alone; or one for the region, which the receiving namespaces
 * may use. Nothing where the stores exist already.
 */
export function storeObjects(args: StoreArgs): StoreObjects {
  const { keys, settings, namespaces } = args;
  const { name, serviceAccount, storeNamespace } = settings;
  const none: StoreObjects = { serviceAccounts: [], secretStores: [], clusterSecretStores: [] };
  if (!settings.create || namespaces.length === 0) return none;

  const account = (namespace: string): ManifestArgs["ServiceAccount"] => ({
    metadata: { name: serviceAccount, namespace, labels: managedBy },
    automountServiceAccountToken: false,
  });
  if (settings.kind === "ClusterSecretStore") {
    const vault = vaultProvider(args, regionRole(keys.prefix), storeNamespace);
    return {
      ...none,
      serviceAccounts: [account(storeNamespace)],
      clusterSecretStores: [
        {
          metadata: { name, labels: managedBy },
          spec: { conditions: [{ namespaces: [...namespaces] }], provider: { vault } },
        },
      ],
    };
  }
  return {
    ...none,
    serviceAccounts: namespaces.map(account),
    secretStores: namespaces.map((namespace) => ({
      metadata: { name, namespace, labels: managedBy },
      spec: { provider: { vault: vaultProvider(args, namespaceRole(keys.prefix, namespace)) } },
    })),
  };
}

/** The store that external secrets of a region name. */
export function storeReference({ kind, name }: ExternalSecretsSettings): StoreReference {
  return { kind, name };
}

function vaultProvider(
  { keys, settings, authorities }: StoreArgs,
  role: string,
  accountNamespace?: string,
): VaultProvider {
  return {
    server: keys.address,
    path: keys.mount,
    version: "v2",
    ...(keys.namespace === undefined ? {} : { namespace: keys.namespace }),
    ...(authorities === undefined ? {} : { caBundle: Buffer.from(authorities).toString("base64") }),
    // Without it a PushSecret would write a new key over one that was deleted and could be restored.
    checkAndSet: { required: true },
    auth: {
      kubernetes: {
        mountPath: settings.authMount,
        role,
        serviceAccountRef: {
          name: settings.serviceAccount,
          ...(accountNamespace === undefined ? {} : { namespace: accountNamespace }),
          audiences: [settings.audience],
        },
      },
    },
  };
}
