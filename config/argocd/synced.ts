import type { Platform, Region } from "../schema.ts";

/** Whether Argo CD syncs what the stack renders for this region. A region on a cluster's target renders nothing. */
export function isSynced({ argocd }: Pick<Platform, "argocd">, region: Pick<Region, "argocd" | "target">): boolean {
  return argocd?.platform !== undefined && region.argocd?.platform !== false && "render" in region.target;
}
