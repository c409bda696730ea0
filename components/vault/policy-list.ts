import type { Platform, VaultKeys } from "../../config/schema.ts";
import { seedUses } from "../../config/seed-uses.ts";
import {
  minterPolicyName,
  readerPolicyName,
  regionReaderPolicyName,
  rotatorPolicyName,
  signerPolicyName,
} from "./names.ts";
import { minterPolicy, readerPolicy, regionReaderPolicy, rotatorPolicy, signerPolicy } from "./policies.ts";
import { readersOf } from "./readers.ts";

/** All policies of a platform by their names. Each region has those that its kind of store uses. */
export function policiesOf(
  keys: VaultKeys,
  platform: Pick<Platform, "operator" | "accounts" | "regions" | "secrets">,
  rotated: readonly string[],
): ReadonlyMap<string, string> {
  const { prefix, transit } = keys;
  const policies = new Map([[minterPolicyName(prefix), minterPolicy(keys, adoptedPaths(platform))]]);
  if (transit !== undefined) policies.set(signerPolicyName(prefix), signerPolicy(transit));
  if (rotated.length > 0) policies.set(rotatorPolicyName(prefix), rotatorPolicy(keys, rotated));
  const readers = readersOf(platform);
  for (const reader of readers) {
    const { region } = reader;
    if (platform.regions[region]?.externalSecrets.kind === "ClusterSecretStore") {
      policies.set(
        regionReaderPolicyName(prefix, region),
        regionReaderPolicy(
          keys,
          region,
          readers.filter((other) => other.region === region),
        ),
      );
    } else {
      policies.set(readerPolicyName(prefix, reader), readerPolicy(keys, reader));
    }
  }
  return policies;
}

/** Paths of the secrets in which there are seeds to adopt, in the order of their names. */
function adoptedPaths(platform: Pick<Platform, "operator" | "accounts" | "secrets">): string[] {
  const paths = [...seedUses(platform)].map(({ name }) => name.split("#")[0] ?? name);
  return [...new Set(paths)].sort();
}
