import type { ApplicationSettings } from "./application-schema.ts";
import { clusterOf, type ClustersOf } from "./clusters.ts";
import { LABELS } from "./labels.ts";
import type { PlannedApplication } from "./plan.ts";
import { sourceOf } from "./source.ts";
import { chartValuesOf, hasGeneratorHooks } from "./values.ts";

/** An Application with one source; none where its region or its source is wrong. */
export function singleApplication(
  platform: ClustersOf,
  name: string,
  application: ApplicationSettings,
): PlannedApplication[] {
  const { region, namespace, sync, generators } = application;
  const cluster = clusterOf(platform, region);
  const source = sourceOf(application);
  if (cluster === undefined || source === undefined) return [];
  const values = chartValuesOf(generators, application.values);
  return [
    {
      name,
      path: ["argocd", "applications", name],
      repository: application.repository,
      revision: application.revision,
      source,
      rendering: {
        by: "helm",
        releaseName: application.releaseName ?? name,
        valueFiles: application.valueFiles,
        values,
        skipCrds: application.skipCrds,
      },
      destination: { cluster, namespace },
      regions: [region],
      namespaces: [namespace],
      sync: { ...sync, prune: sync.prune ?? true },
      removal: application.removal,
      wave: application.wave,
      generators: hasGeneratorHooks(values),
      manifestPaths: application.manifestPaths,
      labels: { [LABELS.region]: region },
      madeBy: "program",
    },
  ];
}
