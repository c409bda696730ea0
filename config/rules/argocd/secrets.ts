import { clusterOf, IN_CLUSTER } from "../../argocd/clusters.ts";
import { argocdSecretUses } from "../../argocd/secret-uses.ts";
import { clusterSecretName, ownSecrets, repositorySecretName } from "../../argocd/secret-names.ts";
import { configKey, vaultField } from "../../names.ts";
import { type Finding, type Path, pathText, show } from "../../problem.ts";
import type { Platform } from "../../schema.ts";
import type { Rule } from "../rule.ts";

/** Every login comes from where the keys are, and into a Secret of its own. */
export const argocdSecrets: Rule = function* (platform) {
  yield* storeTwice(platform);
  const isInVault = platform.keys.store === "vault";
  const source = isInVault ? vaultField : configKey;
  for (const { path, name } of argocdSecretUses(platform)) {
    if (source.pattern.test(name)) continue;
    const allowed = isInVault
      ? "with keys in Vault, External Secrets takes it from there: its path below keys.mount, # and its field, such as my-team/argocd#deploy_key"
      : configKey.allowed;
    yield { path, found: "a value that may be a secret (not shown)", allowed };
  }

  const { repositories = {}, clusters = {} } = platform.argocd ?? {};
  const first = new Map<string, Path>();
  const made = [
    ...Object.entries(repositories).map(([name, it]) => ({
      ...{ path: ["argocd", "repositories", name, "secret"], secret: repositorySecretName(name, it) },
      existing: it.existing,
    })),
    ...Object.entries(clusters).map(([name, it]) => ({
      ...{ path: ["argocd", "clusters", name, "secret"], secret: clusterSecretName(name, it) },
      existing: it.existing,
    })),
  ].filter(({ existing }) => !existing);
  for (const { path, secret } of made) {
    const other = first.get(secret);
    if (other !== undefined) {
      const allowed = `${pathText(other.slice(0, -1))} has a Secret of that name: give one of them another`;
      yield { path, found: show(secret), allowed };
    } else if (ownSecrets.includes(secret)) {
      yield { path, found: show(secret), allowed: "Argo CD has a Secret of that name for itself" };
    }
    first.set(secret, other ?? path);
  }
};

/** A store of all namespaces has its name in the whole cluster, which a region may share with Argo CD. */
function* storeTwice(platform: Platform): Generator<Finding> {
  const { argocd, regions, keys } = platform;
  if (keys.store !== "vault" || argocd === undefined) return;
  const { kind, name, create } = argocd.externalSecrets;
  if (kind !== "ClusterSecretStore" || !create) return;
  for (const [region, { externalSecrets: other }] of Object.entries(regions)) {
    if (clusterOf(platform, region) !== IN_CLUSTER || other.kind !== kind || other.name !== name || !other.create)
      continue;
    const allowed = `region ${region} makes a ClusterSecretStore of that name in the same cluster: give one of them another`;
    yield { path: ["argocd", "externalSecrets", "name"], found: show(name), allowed };
  }
}
