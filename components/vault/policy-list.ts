import { argocdSecretUses } from "../../config/argocd/secret-uses.ts";
import type { Platform, VaultKeys } from "../../config/schema.ts";
import { type SeedUse, seedUses } from "../../config/seed-uses.ts";
import {
  argocdReaderPolicyName,
  minterPolicyName,
  readerPolicyName,
  regionReaderPolicyName,
  rotatorPolicyName,
  signerPolicyName,
} from "./names.ts";
import {
  argocdReaderPolicy,
  minterPolicy,
  readerPolicy,
  regionReaderPolicy,
  rotatorPolicy,
  signerPolicy,
} from "./policies.ts";
import { readersOf } from "./readers.ts";

/** All policies of a platform by their names. Each region has those that its kind of store uses. */
export function policiesOf(
  keys: VaultKeys,
  platform: Pick<Platform, "operator" | "accounts" | "argocd" | "regions" | "secrets">,
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
  const forArgocd = argocdPaths(platform);
  if (forArgocd.length > 0) policies.set(argocdReaderPolicyName(prefix), argocdReaderPolicy(keys, forArgocd));
  return policies;
}

/** Paths of the secrets that Argo CD signs in with, in the order of their names. */
export function argocdPaths(platform: Pick<Platform, "argocd">): string[] {
  return pathsOf(argocdSecretUses(platform));
}

/** Paths of the secrets in which there are seeds to adopt, in the order of their names. */
function adoptedPaths(platform: Pick<Platform, "operator" | "accounts" | "secrets">): string[] {
  return pathsOf(seedUses(platform));
}

function pathsOf(uses: Iterable<SeedUse>): string[] {
  const paths = [...uses].map(({ name }) => name.split("#")[0] ?? name);
  return [...new Set(paths)].sort();
}
