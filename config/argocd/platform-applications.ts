import { clusterOf } from "./clusters.ts";
import { LABELS } from "./labels.ts";
import type { PlannedApplication, PlannedFrom } from "./plan.ts";
import { namespacesOfRegion } from "./region-namespaces.ts";
import { isSynced } from "./synced.ts";

/**
 * An Application for each region that renders its manifests. A region whose manifests go to a cluster has none, and neither has one
 * with `platform: false`, unless those are asked for.
 */
export function platformApplications(platform: PlannedFrom, hasDisabled = false): PlannedApplication[] {
  const { argocd, regions } = platform;
  const settings = argocd?.platform;
  if (settings === undefined) return [];
  return Object.entries(regions).flatMap(([name, region]): PlannedApplication[] => {
    const cluster = clusterOf(platform, name);
    if (!("render" in region.target) || !(hasDisabled || isSynced(platform, region)) || cluster === undefined)
      return [];
    const { render } = region.target;
    return [
      {
        name: `nats-${name}`,
        path: ["argocd", "platform"],
        repository: settings.repository,
        revision: settings.revision,
        source: { path: settings.path === "." ? render : `${settings.path}/${render}` },
        rendering: { by: "directory" },
        destination: { cluster, namespace: region.nats.namespace },
        regions: [name],
        namespaces: namespacesOfRegion(platform, name, region),
        sync: { ...settings.sync, prune: settings.sync.prune ?? true },
        removal: settings.removal,
        wave: settings.wave,
        generators: false,
        manifestPaths: [],
        labels: { [LABELS.region]: name },
        madeBy: "program",
      },
    ];
  });
}
