import type * as pulumi from "@pulumi/pulumi";
import type { MintedKeyArgs } from "../../providers/resources.ts";
import type { StoreSettings } from "../../providers/stores/store.ts";

/** Gives the secret configuration value of that name. */
export type SecretValue = (name: string) => pulumi.Output<string>;

/**
 * Where an existing key comes from, if `seedFrom` names one: a secret configuration value, or, with keys in a Vault,
 * `<path>#<field>` in that Vault, so that no seed is ever in the configuration or in the state.
 */
export function existingKey(
  keys: StoreSettings,
  secret: SecretValue,
  seedFrom: string | undefined,
): Pick<MintedKeyArgs, "adopt" | "adoptFrom"> {
  if (seedFrom === undefined) return {};
  if (keys.store === "state") return { adopt: secret(seedFrom) };
  const [path = "", field = ""] = seedFrom.split("#");
  return { adoptFrom: { path, field } };
}
