import type { Platform } from "../schema.ts";
import type { Fleet } from "./application-schema.ts";
import { clusterOf, type ClustersOf } from "./clusters.ts";
import { regionsOfFleet } from "./fleets.ts";
import { LABELS } from "./labels.ts";
import type { PlannedApplication } from "./plan.ts";
import { inRegion, matchingRegions } from "./region-names.ts";
import { shardOf } from "./shards.ts";

/** The variable that a helmfile reads its regions from, as ARGOCD_ENV_REGIONS. */
export const REGIONS_VARIABLE = "REGIONS";

/** One Application for the regions of each shard that has some. */
export function helmfileApplications(platform: ClustersOf, fleetName: string, fleet: Fleet): PlannedApplication[] {
  const { helmfile, sync } = fleet;
  const cluster = clusterOfHelmfile(platform, fleet);
  if (helmfile === undefined || cluster === undefined) return [];
  const { moving } = helmfile;
  return shardsOf(platform, fleet).map(({ shard, regions }) => ({
    name: `${fleetName}-${String(shard)}`,
    path: ["argocd", "fleets", fleetName],
    repository: fleet.repository,
    revision: fleet.revision,
    source: { path: helmfile.path },
    rendering: { by: "helmfile", env: { ...helmfile.env, [REGIONS_VARIABLE]: regions.join(",") } },
    destination: { cluster },
    regions,
    namespaces: namespacesIn(regions, fleet),
    sync: {
      ...sync,
      prune: !moving && (sync.prune ?? fleet.removal === "delete"),
      failOnShared: !moving && sync.failOnShared,
    },
    // A shard may lose its last region: its end must not delete what is becoming another one's.
    removal: moving ? "keep" : fleet.removal,
    generators: false,
    manifestPaths: fleet.manifestPaths,
    labels: { [LABELS.fleet]: fleetName },
    madeBy: "program",
  }));
}

/** Regions of a helmfile fleet by shard, without shards that have none. */
export function shardsOf(
  platform: Pick<Platform, "regions">,
  fleet: Fleet,
): { readonly shard: number; readonly regions: readonly string[] }[] {
  const { helmfile } = fleet;
  if (helmfile === undefined) return [];
  const shards = new Map<number, string[]>();
  for (const region of regionsOfFleet(platform, fleet)) {
    const shard = shardOf(region, helmfile.shards);
    shards.set(shard, [...(shards.get(shard) ?? []), region]);
  }
  return [...shards].sort(([a], [b]) => a - b).map(([shard, regions]) => ({ shard, regions }));
}

/** The one cluster of a helmfile fleet: an Application has one destination. Undefined where there are several, or none. */
function clusterOfHelmfile(platform: ClustersOf, fleet: Fleet): string | undefined {
  const clusters = new Set(regionsOfFleet(platform, fleet).map((region) => clusterOf(platform, region)));
  return clusters.size === 1 ? [...clusters][0] : undefined;
}

function namespacesIn(regions: readonly string[], { components }: Fleet): string[] {
  const all = regions.flatMap((region) =>
    Object.values(components)
      .filter((component) => matchingRegions([region], component.regions).length > 0)
      .map(({ namespace }) => inRegion(namespace, region)),
  );
  return [...new Set(all)];
}
