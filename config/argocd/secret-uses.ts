import type { Path } from "../problem.ts";
import type { Platform } from "../schema.ts";
import type { SeedUse } from "../seed-uses.ts";
import type { ArgocdCluster } from "./cluster-schema.ts";
import type { Repository } from "./repository-schema.ts";

/** Every secret with which Argo CD is to sign in to a repository or a cluster. */
export function* argocdSecretUses({ argocd }: Pick<Platform, "argocd">): Generator<SeedUse> {
  if (argocd === undefined) return;
  for (const [name, repository] of Object.entries(argocd.repositories)) {
    yield* of(["argocd", "repositories", name], repositorySecrets(repository));
  }
  for (const [name, cluster] of Object.entries(argocd.clusters)) {
    yield* of(["argocd", "clusters", name], clusterSecrets(cluster));
  }
}

type Use = readonly [login: string, field: string, name: string | undefined, kind: SeedUse["kind"]];

function* of(path: Path, uses: readonly Use[]): Generator<SeedUse> {
  for (const [login, field, name, kind] of uses)
    if (name !== undefined) yield { path: [...path, login, field], name, kind };
}

function repositorySecrets({ ssh, basic, bearer, githubApp, clientCertificate }: Repository): Use[] {
  return [
    ["ssh", "keyFrom", ssh?.keyFrom, "privateKey"],
    ["basic", "passwordFrom", basic?.passwordFrom, "foreignPassword"],
    ["bearer", "tokenFrom", bearer?.tokenFrom, "bearer"],
    ["githubApp", "keyFrom", githubApp?.keyFrom, "privateKey"],
    ["clientCertificate", "keyFrom", clientCertificate?.keyFrom, "tlsKey"],
  ];
}

function clusterSecrets({ token, clientCertificate }: ArgocdCluster): Use[] {
  return [
    ["token", "from", token?.from, "bearer"],
    ["clientCertificate", "keyFrom", clientCertificate?.keyFrom, "tlsKey"],
  ];
}
