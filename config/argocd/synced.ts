import type { Platform, Region } from "../schema.ts";

/**
 * Whether a region's manifests are made for Argo CD. They stay so where it does not sync the region any more: a Namespace that lost its
 * annotations would go with the Application, and everything in it.
 */
export function isMadeForSync({ argocd }: Pick<Platform, "argocd">, region: Pick<Region, "target">): boolean {
  return argocd?.platform !== undefined && "render" in region.target;
}

/** Whether Argo CD syncs what the stack renders for this region. A region on a cluster's target renders nothing. */
export function isSynced({ argocd }: Pick<Platform, "argocd">, region: Pick<Region, "argocd" | "target">): boolean {
  return argocd?.platform !== undefined && region.argocd?.platform !== false && "render" in region.target;
}
