import type * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess } from "../../providers/kubernetes/cluster.ts";
import type { Kind, ManifestArgs } from "./kinds.ts";

/**
 * What the resources of a placed object are told beside their content. `retainOnDelete` leaves an object in its cluster when it is
 * placed no more; a rendered file goes all the same, for nothing of ours says whether it has been applied.
 */
export type PlaceOptions = Required<Pick<pulumi.CustomResourceOptions, "parent">> &
  Pick<pulumi.CustomResourceOptions, "dependsOn" | "replaceOnChanges" | "deleteBeforeReplace" | "retainOnDelete">;

/** Where a region's Kubernetes objects go: into a cluster, or into files. */
export interface ClusterTarget {
  /** Makes one object, as a resource of that name. */
  place<K extends Kind>(kind: K, name: string, manifest: ManifestArgs[K], opts: PlaceOptions): pulumi.CustomResource;
  /** The cluster, where Pulumi reaches it. */
  readonly cluster?: ClusterAccess | undefined;
  /** What a person should know of the target after an update; asked once everything is placed. */
  readonly summary: Readonly<Record<string, string>>;
}
