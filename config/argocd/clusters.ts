import type { Platform } from "../schema.ts";

/** The cluster that Argo CD itself runs in: it has no Secret there, and each Argo CD knows it by this name. */
export const IN_CLUSTER = "in-cluster";

/** What says in which cluster a region is. */
export type ClustersOf = Pick<Platform, "argocd" | "regions">;

/**
 * Name of a region's cluster in Argo CD: the one that the region names, else the one of the region's name. Undefined where there is
 * none of these: it is never in-cluster by itself, for what belongs elsewhere must not end up beside Argo CD.
 */
export function clusterOf({ argocd, regions }: ClustersOf, region: string): string | undefined {
  if (argocd === undefined || !Object.hasOwn(regions, region)) return undefined;
  const named = regions[region]?.argocd?.cluster;
  if (named === IN_CLUSTER) return named;
  const cluster = named ?? region;
  return Object.hasOwn(argocd.clusters, cluster) ? cluster : undefined;
}
