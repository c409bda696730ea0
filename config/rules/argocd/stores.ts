import { namespacesWithStore, regionsBeside } from "../../argocd/beside.ts";
import { clusterOf, IN_CLUSTER } from "../../argocd/clusters.ts";
import type { ArgocdSettings } from "../../argocd/schema.ts";
import { argocdSecretUses } from "../../argocd/secret-uses.ts";
import type { ExternalSecretsSettings } from "../../external-secrets-schema.ts";
import { type Finding, show } from "../../problem.ts";
import type { Platform } from "../../schema.ts";
import type { Rule } from "../rule.ts";

const path = ["argocd", "externalSecrets"];

/** External Secrets beside Argo CD signs in at its own cluster's login, from a store that nobody else makes. */
export const argocdStores: Rule = function* (platform) {
  const { argocd, keys } = platform;
  if (argocd === undefined) return;
  if (argocd.externalSecrets.push.length > 0) {
    const allowed = "nothing is pushed from beside Argo CD: what begins in a cluster goes into Vault from a region's";
    yield { path: [...path, "push"], found: "Secrets", allowed };
  }
  if (keys.store !== "vault" || [...argocdSecretUses(platform)].length === 0) return;
  yield* loginOfAnother(platform, argocd);
  if (argocd.externalSecrets.create) yield* storeTwice(platform, argocd);
};

/** A kubernetes login of Vault asks one cluster's API server whose token it was given. */
function* loginOfAnother(platform: Platform, { externalSecrets }: ArgocdSettings): Generator<Finding> {
  const { authMount } = externalSecrets;
  for (const [region, { externalSecrets: other }] of Object.entries(platform.regions)) {
    const cluster = clusterOf(platform, region);
    if (cluster === undefined || cluster === IN_CLUSTER || other.authMount !== authMount) continue;
    const allowed = `region ${region} has the same and is in cluster ${cluster}, and a login is of one cluster: name the one of the cluster that Argo CD runs in`;
    yield {
      path: [...path, "authMount"],
      found: show(authMount),
      allowed,
      given: [["regions", region, "externalSecrets"]],
    };
    return;
  }
}

/** In one cluster a store, and the service account as which it signs in, is made by one of the two. */
function* storeTwice(platform: Platform, { namespace, externalSecrets: own }: ArgocdSettings): Generator<Finding> {
  for (const [name, region] of regionsBeside(platform)) {
    const other = region.externalSecrets;
    if (!other.create) continue;
    if (own.kind === "ClusterSecretStore" && other.kind === own.kind && other.name === own.name) {
      const allowed = `region ${name} makes a ClusterSecretStore of that name in the same cluster: give one of them another`;
      yield { path: [...path, "name"], found: show(own.name), allowed };
      continue;
    }
    const ownPlaces = accountPlaces(own, [namespace]);
    const shared = accountPlaces(other, namespacesWithStore(platform, name, region)).find((it) =>
      ownPlaces.includes(it),
    );
    if (shared === undefined) continue;
    const isStore = own.kind === "SecretStore" && other.kind === own.kind;
    if (isStore && own.name === other.name) {
      const allowed = `region ${name} makes a SecretStore of that name in namespace ${namespace} of the same cluster: with create: false Argo CD's Secrets come from that one`;
      yield { path: [...path, "create"], found: "true", allowed };
    } else if (own.serviceAccount === other.serviceAccount) {
      const allowed = `region ${name} makes the service account ${shared}/${own.serviceAccount} in the same cluster: ${isStore ? "create: false, with the name of its store" : "another serviceAccount, with a login of its own (authMount)"}`;
      yield { path: [...path, "serviceAccount"], found: show(own.serviceAccount), allowed };
    }
  }
}

/** Namespaces in which stores have their service accounts. */
function accountPlaces({ kind, storeNamespace }: ExternalSecretsSettings, namespaces: readonly string[]) {
  return kind === "ClusterSecretStore" ? [storeNamespace] : namespaces;
}
