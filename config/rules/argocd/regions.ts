import type { ArgocdSettings } from "../../argocd/schema.ts";
import type { Fleet } from "../../argocd/application-schema.ts";
import { clusterOf, IN_CLUSTER } from "../../argocd/clusters.ts";
import { regionsOfFleet } from "../../argocd/fleets.ts";
import { matchingRegions } from "../../argocd/region-names.ts";
import { isSynced } from "../../argocd/synced.ts";
import { type Finding, listed, type Path, pathText, show } from "../../problem.ts";
import type { Platform, Region } from "../../schema.ts";
import { existing } from "../accounts.ts";
import type { Rule } from "../rule.ts";

/** Regions that exist, each with a cluster that Argo CD knows, and values for what is in them. */
export const argocdRegions: Rule = function* (platform) {
  const { argocd, regions } = platform;
  for (const [name, { argocd: settings }] of Object.entries(regions)) {
    if (settings === undefined) continue;
    const path = ["regions", name, "argocd"];
    if (argocd === undefined) {
      const allowed = "this stack has no Argo CD: it goes with argocd of the stack";
      yield { path, found: "settings", allowed, given: [["argocd"]] };
    } else {
      yield* valuesOfNothing(argocd, settings, [...path, "values"]);
    }
  }
  if (argocd === undefined) return;
  for (const [name, { region }] of Object.entries(argocd.applications)) {
    if (!Object.hasOwn(regions, region)) {
      yield unknownRegion(["argocd", "applications", name, "region"], region, Object.keys(regions));
    }
  }
  for (const [name, fleet] of Object.entries(argocd.fleets)) {
    const path = ["argocd", "fleets", name];
    // Nowhere for a while: so a fleet goes from one mode to another.
    if (fleet.regions.length === 0) continue;
    const here = regionsOfFleet(platform, fleet);
    yield* patternsOfNothing([...path, "regions"], fleet.regions, Object.keys(regions), "this stack");
    for (const [component, { regions: patterns }] of Object.entries(fleet.components)) {
      yield* patternsOfNothing([...path, "components", component, "regions"], patterns, here, "this fleet");
    }
  }
  if (argocd.platform !== undefined && !Object.values(regions).some(({ target }) => "render" in target)) {
    const allowed =
      "no region of this stack renders its manifests: what Pulumi applies to a cluster, Argo CD can't sync";
    yield { path: ["argocd", "platform"], found: "settings", allowed, given: [["regions"]] };
  }
  yield* withoutCluster(platform, argocd);
};

function unknownRegion(path: Path, region: string, names: readonly string[]): Finding {
  const allowed = `this stack has ${existing("region", names, region)}`;
  return { path, found: show(region), allowed, given: [["regions", region]] };
}

/** Patterns that fit no region. `*` is every region, if there are none. */
function* patternsOfNothing(
  path: Path,
  patterns: readonly string[],
  names: readonly string[],
  where: string,
): Generator<Finding> {
  for (const [position, pattern] of patterns.entries()) {
    if (pattern === "*" || matchingRegions(names, [pattern]).length > 0) continue;
    const given = pattern.includes("*") ? [["regions"]] : [["regions", pattern]];
    const allowed = `${where} has ${existing("region", names, pattern)}`;
    yield { path: [...path, position], found: show(pattern), allowed, given };
  }
}

/** Where something goes to a region, its cluster has to be known. */
function* withoutCluster(platform: Platform, { clusters }: ArgocdSettings): Generator<Finding> {
  const users = usersOfRegions(platform);
  for (const [name, { argocd }] of Object.entries(platform.regions)) {
    if (clusterOf(platform, name) !== undefined) continue;
    const path = ["regions", name, "argocd", "cluster"];
    const user = users.get(name);
    // One that is named and isn't there: rules/argocd/clusters.ts.
    if (argocd?.cluster !== undefined || user === undefined) continue;
    const names = listed([...Object.keys(clusters), IN_CLUSTER], "and");
    const allowed = `${pathText(user)} goes there, and argocd.clusters has no ${name}: name one of ${names} (the one that Argo CD runs in)`;
    yield { path, found: "nothing", allowed, given: [["argocd", "clusters", name]] };
  }
}

/** The first that goes to each region, or that goes away there with its workloads. */
function usersOfRegions(platform: Platform): Map<string, Path> {
  const { argocd, regions } = platform;
  const users = new Map<string, Path>();
  const use = (region: string, path: Path) => {
    if (!users.has(region)) users.set(region, path);
  };
  const isThere = ({ enabled, removal }: Pick<Fleet, "enabled" | "removal">) => enabled || removal === "delete";
  for (const [name, application] of Object.entries(argocd?.applications ?? {})) {
    if (isThere(application)) use(application.region, ["argocd", "applications", name]);
  }
  for (const [name, fleet] of Object.entries(argocd?.fleets ?? {})) {
    if (!isThere(fleet)) continue;
    for (const region of regionsWithSomething(platform, fleet)) use(region, ["argocd", "fleets", name]);
  }
  for (const [name, region] of Object.entries(regions)) {
    if (isSynced(platform, region)) use(name, ["argocd", "platform"]);
  }
  return users;
}

/** A helmfile is told of all regions of its fleet; elsewhere components say where they are. */
function regionsWithSomething(platform: Platform, fleet: Fleet): string[] {
  const regions = regionsOfFleet(platform, fleet);
  if (fleet.mode === "helmfile") return regions;
  return matchingRegions(
    regions,
    Object.values(fleet.components).flatMap((component) => component.regions),
  );
}

function* valuesOfNothing(
  { fleets }: ArgocdSettings,
  { values }: NonNullable<Region["argocd"]>,
  path: Path,
): Generator<Finding> {
  for (const [name, components] of Object.entries(values)) {
    const fleet = Object.hasOwn(fleets, name) ? fleets[name] : undefined;
    if (fleet === undefined) {
      const allowed = `argocd has ${existing("fleet", Object.keys(fleets), name)}`;
      yield { path: [...path, name], found: "values of this fleet", allowed, given: [["argocd", "fleets", name]] };
      continue;
    }
    for (const component of Object.keys(components)) {
      if (Object.hasOwn(fleet.components, component)) continue;
      yield {
        path: [...path, name, component],
        found: "values of this component",
        allowed: `fleet ${name} has ${existing("component", Object.keys(fleet.components), component)}`,
        given: [["argocd", "fleets", name, "components", component]],
      };
    }
  }
}
