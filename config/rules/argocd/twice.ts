import type { Fleet } from "../../argocd/application-schema.ts";
import { clusterOf } from "../../argocd/clusters.ts";
import { regionsOfFleet } from "../../argocd/fleets.ts";
import { type PlannedApplication, plannedApplications } from "../../argocd/plan.ts";
import { inRegion, matchingRegions } from "../../argocd/region-names.ts";
import { sourceOf } from "../../argocd/source.ts";
import { type Finding, type Path, pathText, show } from "../../problem.ts";
import type { Platform } from "../../schema.ts";
import type { Rule } from "../rule.ts";
import { whose } from "./names.ts";

/** A release of a chart in a namespace of a cluster, whoever makes it. */
interface Release {
  readonly path: Path;
  /** The Application or the fleet that it is of. */
  readonly owner: string;
  readonly isHelmfile: boolean;
  readonly regions: readonly string[];
  readonly cluster: string;
  readonly namespace: string;
  /** Of a helmfile fleet the component's name: what its helmfile says is not known here. */
  readonly release: string;
  /** Repository, and folder or chart; undefined where a helmfile's component doesn't say. */
  readonly source: string | undefined;
}

/** Nothing is deployed twice into a namespace: two Applications would take it from each other for ever. */
export const argocdTwice: Rule = function* (platform) {
  const { argocd } = platform;
  if (argocd === undefined) return;
  const releases = new Map<string, Release>();
  const sources = new Map<string, Release>();
  const told = new Set<string>();
  for (const it of [...plannedReleases(platform), ...helmfileReleases(platform)]) {
    const place = [it.cluster, it.namespace];
    const sameRelease = remember(releases, [...place, it.release], it);
    const sameSource = it.source === undefined ? undefined : remember(sources, [...place, it.source], it);
    const other = sameRelease ?? (sameSource !== undefined && isOneThing(it, sameSource) ? sameSource : undefined);
    const pair = `${pathText(it.path)} ${other === undefined ? "" : pathText(other.path)}`;
    if (other === undefined || told.has(pair)) continue;
    told.add(pair);
    yield clash(it, other, sameRelease !== undefined);
  }
};

/** Two releases of a chart share nothing. How a helmfile calls its own is not known: the same chart may be the same release. */
function isOneThing(a: Release, b: Release): boolean {
  return a.owner !== b.owner && (a.isHelmfile || b.isHelmfile);
}

function clash(it: Release, other: Release, isRelease: boolean): Finding {
  const what = isRelease ? `the release ${show(it.release)}` : "the same chart";
  return {
    path: it.path,
    found: `${what} in namespace ${it.namespace} of cluster ${it.cluster} (region ${it.regions[0] ?? ""})`,
    allowed: `${whose(other.path, other.regions)} has it there already: each would take it from the other`,
  };
}

function remember(seen: Map<string, Release>, key: readonly string[], release: Release): Release | undefined {
  const text = JSON.stringify(key);
  const other = seen.get(text);
  if (other === undefined) seen.set(text, release);
  return other;
}

function plannedReleases(platform: Platform): Release[] {
  return plannedApplications(platform).flatMap((planned): Release[] => {
    const { rendering, destination, path, regions } = planned;
    if (rendering.by !== "helm" || destination.namespace === undefined) return [];
    const owner = pathText(path.slice(0, 3));
    const place = { cluster: destination.cluster, namespace: destination.namespace };
    const release = rendering.releaseName;
    return [{ path, owner, isHelmfile: false, regions, ...place, release, source: sourceText(planned) }];
  });
}

function helmfileReleases(platform: Platform): Release[] {
  return Object.entries(platform.argocd?.fleets ?? {})
    .filter(([, { mode, enabled }]) => mode === "helmfile" && enabled)
    .flatMap(([name, fleet]) =>
      regionsOfFleet(platform, fleet).flatMap((region) => helmfileReleasesIn(platform, name, fleet, region)),
    );
}

function helmfileReleasesIn(platform: Platform, fleetName: string, fleet: Fleet, region: string): Release[] {
  const cluster = clusterOf(platform, region);
  if (cluster === undefined) return [];
  const owner = pathText(["argocd", "fleets", fleetName]);
  return Object.entries(fleet.components)
    .filter(([, component]) => matchingRegions([region], component.regions).length > 0)
    .map(([name, component]) => {
      const source = sourceOf(component);
      return {
        path: ["argocd", "fleets", fleetName, "components", name],
        ...{ owner, isHelmfile: true, regions: [region], cluster, release: name },
        namespace: inRegion(component.namespace, region),
        source: source === undefined ? undefined : sourceText({ repository: fleet.repository, source }),
      };
    });
}

function sourceText({ repository, source }: Pick<PlannedApplication, "repository" | "source">): string {
  return JSON.stringify([repository, source]);
}
