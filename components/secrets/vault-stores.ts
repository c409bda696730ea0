import { readFileSync } from "node:fs";
import type * as pulumi from "@pulumi/pulumi";
import type { ExternalSecretsSettings, VaultKeys } from "../../config/schema.ts";
import { storeObjects } from "../external-secrets/index.ts";
import type { ClusterTarget, PlaceOptions } from "../target/index.ts";

/** What stores are made of. */
export interface VaultStoresArgs {
  /** What their resources' names begin with: a region, or what else has stores. */
  region: string;
  target: ClusterTarget;
  keys: VaultKeys;
  externalSecrets: ExternalSecretsSettings;
  /** Every namespace that receives something, each once. */
  namespaces: readonly string[];
}

/** Makes the store of a namespace, or the region's, when it is first needed, and gives what an external secret there waits for. */
export function vaultStores({ region, target, keys, externalSecrets: settings, namespaces }: VaultStoresArgs) {
  const authorities = keys.caFile === undefined ? undefined : readFileSync(keys.caFile, "utf8");
  const made = new Map<string, pulumi.Resource[]>();
  return (namespace: string, opts: PlaceOptions): pulumi.Resource[] => {
    const isOfRegion = settings.kind === "ClusterSecretStore";
    const place = isOfRegion ? "" : namespace;
    const known = made.get(place);
    if (known !== undefined) return known;
    const objects = storeObjects({ keys, settings, namespaces: isOfRegion ? namespaces : [namespace], authorities });
    const name = (suffix: string) => `${region}.${[suffix, ...(isOfRegion ? [] : [namespace])].join(".")}`;
    const accounts = objects.serviceAccounts.map((it) =>
      target.place("ServiceAccount", name("vault-account"), it, opts),
    );
    const after = { ...opts, dependsOn: [...dependencies(opts), ...accounts] };
    const here = [
      ...objects.secretStores.map((it) => target.place("SecretStore", name("vault-store"), it, after)),
      ...objects.clusterSecretStores.map((it) => target.place("ClusterSecretStore", name("vault-store"), it, after)),
    ];
    made.set(place, here);
    return here;
  };
}

/** What a resource waits for already. */
export function dependencies({ dependsOn }: PlaceOptions): pulumi.Resource[] {
  return dependsOn === undefined ? [] : ([dependsOn].flat() as pulumi.Resource[]);
}
