import type { ClusterAccess } from "../../providers/kubernetes/cluster.ts";
import { applyTarget } from "./apply.ts";
import { renderTarget, type Adaptation, type RenderFolders } from "./render.ts";
import type { ClusterTarget } from "./target.ts";

export type { ClusterTarget, PlaceOptions } from "./target.ts";
export type { ManifestArgs } from "./kinds.ts";

/** The target of a region: files where it names folders, otherwise the cluster that it names. `adapt` is for files alone. */
export function clusterTarget(
  region: string,
  target: RenderFolders | ClusterAccess,
  adapt?: Adaptation,
): ClusterTarget {
  return "render" in target ? renderTarget(target, adapt) : applyTarget(region, target);
}
