import type { ArgocdCluster } from "./cluster-schema.ts";
import type { Repository } from "./repository-schema.ts";

/** Secret of a repository, or of a template for several. */
export function repositorySecretName(
  name: string,
  { secret, template }: Pick<Repository, "secret" | "template">,
): string {
  return secret ?? `${template ? "repo-creds" : "repo"}-${name}`;
}

/** Secret of a cluster. */
export function clusterSecretName(name: string, { secret }: Pick<ArgocdCluster, "secret">): string {
  return secret ?? `cluster-${name}`;
}

/** Secrets that Argo CD makes for itself. */
export const ownSecrets: readonly string[] = [
  "argocd-secret",
  "argocd-initial-admin-secret",
  "argocd-notifications-secret",
  "argocd-redis",
];
