import type { ExternalSecretsSettings, Keys } from "../../config/schema.ts";
import type { ClusterTarget } from "../target/index.ts";
import type { TrustChain } from "../trust/index.ts";
import type { RegionSecrets } from "./region-secrets.ts";
import { secretsFromState } from "./from-state.ts";
import { secretsFromVault } from "./from-vault.ts";

export type { DeliveredCredential, PushedHere, RegionSecrets, SecretText } from "./region-secrets.ts";

/** What it takes to get secrets into a region. */
export interface RegionSecretsArgs {
  region: string;
  target: ClusterTarget;
  keys: Keys;
  trust: TrustChain;
  externalSecrets: ExternalSecretsSettings;
  /** Every namespace that receives something, each once. */
  namespaces: readonly string[];
}

/** How secrets get into a region: out of the state, as Secrets; or out of Vault, by External Secrets. */
export function regionSecrets({ keys, ...args }: RegionSecretsArgs): RegionSecrets {
  return keys.store === "state" ? secretsFromState(args) : secretsFromVault({ ...args, keys });
}
