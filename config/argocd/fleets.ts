import type { Platform } from "../schema.ts";
import type { Fleet, FleetComponent } from "./application-schema.ts";
import { clusterOf, type ClustersOf } from "./clusters.ts";
import { LABELS } from "./labels.ts";
import type { PlannedApplication } from "./plan.ts";
import { inRegion, matchingRegions } from "./region-names.ts";
import { sourceOf } from "./source.ts";
import { chartValuesOf, hasGeneratorHooks } from "./values.ts";

/** Regions of a fleet, in the order of the configuration. */
export function regionsOfFleet({ regions }: Pick<Platform, "regions">, fleet: Pick<Fleet, "regions">): string[] {
  return matchingRegions(Object.keys(regions), fleet.regions);
}

/** What one of a fleet's Applications follows from. */
interface Place {
  readonly fleetName: string;
  readonly fleet: Fleet;
  readonly name: string;
  readonly component: FleetComponent;
  readonly region: string;
}

/** An Application for each region and component, region by region. */
export function fleetApplications(platform: ClustersOf, fleetName: string, fleet: Fleet): PlannedApplication[] {
  return regionsOfFleet(platform, fleet).flatMap((region) =>
    Object.entries(fleet.components)
      .filter(([, component]) => matchingRegions([region], component.regions).length > 0)
      .flatMap(([name, component]) => fleetApplication(platform, { fleetName, fleet, name, component, region })),
  );
}

function fleetApplication(platform: ClustersOf, place: Place): PlannedApplication[] {
  const { fleetName, fleet, name, component, region } = place;
  const cluster = clusterOf(platform, region);
  const source = sourceOf(component);
  if (cluster === undefined || source === undefined) return [];
  const namespace = inRegion(component.namespace, region);
  const ofRegion = platform.regions[region]?.argocd?.values;
  const values = chartValuesOf(component.generators, component.values, own(own(ofRegion, fleetName), name));
  return [
    {
      name: `${fleetName}-${name}-${region}`,
      path: ["argocd", "fleets", fleetName, "components", name],
      repository: fleet.repository,
      revision: fleet.revision,
      source,
      rendering: {
        by: "helm",
        releaseName: component.releaseName ?? name,
        valueFiles: component.valueFiles.map((file) => inRegion(file, region)),
        values,
        skipCrds: component.skipCrds,
      },
      destination: { cluster, namespace },
      regions: [region],
      namespaces: [namespace],
      sync: { ...fleet.sync, prune: fleet.sync.prune ?? true },
      removal: fleet.removal,
      wave: component.wave,
      generators: hasGeneratorHooks(values),
      manifestPaths: fleet.manifestPaths.map((path) => inRegion(path, region)),
      labels: { [LABELS.region]: region, [LABELS.fleet]: fleetName, [LABELS.component]: name },
      madeBy: fleet.mode === "applicationSet" ? { applicationSet: fleetName } : "program",
    },
  ];
}

/** The value under a key: a component may be called `constructor`. */
function own<Value>(map: Readonly<Record<string, Value>> | undefined, key: string): Value | undefined {
  return map !== undefined && Object.hasOwn(map, key) ? map[key] : undefined;
}
