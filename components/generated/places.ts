import type { Destination, GeneratedSecrets, Region } from "../../config/schema.ts";
import type { ClusterAccess } from "../../providers/kubernetes/cluster.ts";
import type { ExistingPlace } from "../../providers/kubernetes/existing.ts";

/** Regions by name, with what of them decides where their Secrets are. */
export type RegionTargets = Readonly<Record<string, Pick<Region, "target">>>;

/** Where a Secret may be already: in the clusters that Pulumi reaches, or may look into. */
export function existingPlaces(
  secretName: string,
  destinations: readonly Destination[],
  regions: RegionTargets,
  existing: GeneratedSecrets["existing"],
): ExistingPlace[] {
  return destinations.flatMap(({ region, namespace }) => {
    const cluster = clusterOf(region, regions, existing);
    return cluster === undefined ? [] : [{ cluster, namespace, name: secretName }];
  });
}

function clusterOf(
  region: string,
  regions: RegionTargets,
  existing: GeneratedSecrets["existing"],
): ClusterAccess | undefined {
  const target = regions[region]?.target;
  if (target !== undefined && "context" in target) return target;
  const looked = existing.find((candidate) => candidate.region === region);
  if (looked === undefined) return undefined;
  const { context, kubeconfig } = looked;
  return { context, clusterIdentifier: context, ...(kubeconfig === undefined ? {} : { kubeconfig }) };
}
