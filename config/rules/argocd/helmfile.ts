import type { Fleet, FleetComponent, HelmfileSettings } from "../../argocd/application-schema.ts";
import { clusterOf } from "../../argocd/clusters.ts";
import { regionsOfFleet } from "../../argocd/fleets.ts";
import { REGIONS_VARIABLE, shardsOf } from "../../argocd/helmfile.ts";
import { objectsIn, objectsOfRegion, shardsThatFit } from "../../argocd/shards.ts";
import { type Finding, listed, type Path, show } from "../../problem.ts";
import type { Platform } from "../../schema.ts";
import type { Rule } from "../rule.ts";

/** Helmfile fleets that the plugin can render, that fit into their Applications, and that don't delete what they promise to keep. */
export const argocdHelmfile: Rule = function* (platform) {
  const { argocd, regions } = platform;
  if (argocd === undefined) return;
  for (const [name, fleet] of Object.entries(argocd.fleets)) {
    const path = ["argocd", "fleets", name];
    if (fleet.mode !== "helmfile") {
      if (fleet.helmfile === undefined) continue;
      const allowed = `they go with mode: helmfile, and this is ${fleet.mode}`;
      yield { path: [...path, "helmfile"], found: "settings", allowed, given: [[...path, "mode"]] };
      continue;
    }
    if (argocd.plugin === undefined) {
      const allowed = "Argo CD renders helmfiles with a plugin only, whose sidecar comes from argocd.plugin: add it";
      yield { path: [...path, "mode"], found: show(fleet.mode), allowed, given: [["argocd", "plugin"]] };
    }
    if (fleet.helmfile === undefined) {
      yield { path: [...path, "helmfile"], found: "nothing", allowed: "mode: helmfile needs to know its path" };
    } else {
      yield* variables(fleet.helmfile, [...path, "helmfile", "env"]);
      yield* tooFull(platform, fleet, fleet.helmfile, [...path, "helmfile", "shards"]);
    }
    yield* syncs(fleet, [...path, "sync"]);
    yield* severalClusters(platform, fleet, path);
    for (const [component, settings] of Object.entries(fleet.components)) {
      yield* notItsOwn(settings, [...path, "components", component]);
    }
    for (const [region, { argocd: settings }] of Object.entries(regions)) {
      if (settings === undefined || !Object.hasOwn(settings.values, name)) continue;
      const allowed = `fleet ${name} has mode: helmfile, and a helmfile says the values of its releases itself`;
      const valuesPath = ["regions", region, "argocd", "values", name];
      yield { path: valuesPath, found: "values", allowed, given: [[...path, "mode"]] };
    }
  }
};

function* variables({ env }: HelmfileSettings, path: Path): Generator<Finding> {
  for (const name of Object.keys(env)) {
    if (name === REGIONS_VARIABLE) {
      yield { path: [...path, name], found: "a variable", allowed: "it holds the fleet's regions" };
    } else if (name.startsWith("ARGOCD_ENV_")) {
      const allowed = `Argo CD puts ARGOCD_ENV_ before it by itself: call it ${name.replace(/^(?:ARGOCD_ENV_)+/, "")}`;
      yield { path: [...path, name], found: "a variable", allowed };
    }
  }
}

/** Which regions meet in a shard follows from their names: with enough of them, one has more than its share. */
function* tooFull(platform: Platform, fleet: Fleet, helmfile: HelmfileSettings, path: Path): Generator<Finding> {
  const { budget, shards } = helmfile;
  const each = objectsOfRegion(fleet);
  if (each > budget) {
    const allowed = "no Application could hold one: raise helmfile.budget (to 3000 at most), or make two fleets of it";
    yield { path, found: `${String(each)} objects of a region, with a budget of ${String(budget)}`, allowed };
    return;
  }
  const full = fullestShard(platform, fleet);
  if (full === undefined || full.objects <= budget) return;
  yield {
    path,
    found: String(shards),
    allowed: `Application ${String(full.shard)} of them would have ${String(full.regions)} regions with ${String(full.objects)} objects, and helmfile.budget is ${String(budget)} (Kubernetes can't store an Application with some 3000): ${whatFits(platform, fleet, helmfile)}`,
  };
}

/** Applications that are tried at most: with more there are others to do it. */
const MOST_SHARDS = 500;

/** A number with which a third of the budget is still free: regions come, and each raise moves some of them. */
function whatFits(platform: Platform, fleet: Fleet, { budget, shards }: HelmfileSettings): string {
  const loads = regionsOfFleet(platform, fleet).map((region) => ({ region, objects: objectsIn(fleet, region) }));
  const fits = (objects: number) => shardsThatFit(loads, objects, shards + 1, MOST_SHARDS);
  const fitting = fits((budget * 2) / 3) ?? fits(budget);
  if (fitting === undefined) return "raise helmfile.budget, for more Applications alone don't help";
  return inOrder(fleet, String(fitting));
}

/**
 * An Application that loses its last region goes, and with `removal: delete` and the finalizer that it still has it takes that
 * region's workloads with it: the finalizer has to go first.
 */
function inOrder({ removal, helmfile }: Fleet, shards: string): string {
  const last = "until all regions are in sync";
  if (removal === "keep" || helmfile?.moving === true) return `set ${shards}, together with moving: true ${last}`;
  return `with removal: delete first update with moving: true alone (and a higher helmfile.budget, or without what is new here), for the Applications' finalizers to go; then set ${shards}, and leave moving ${last}`;
}

function fullestShard(platform: Platform, fleet: Fleet) {
  const shards = shardsOf(platform, fleet).map(({ shard, regions }) => ({
    shard,
    regions: regions.length,
    objects: regions.reduce((sum, region) => sum + objectsIn(fleet, region), 0),
  }));
  return shards.sort((a, b) => b.objects - a.objects)[0];
}

function* syncs({ sync, removal }: Fleet, path: Path): Generator<Finding> {
  if (sync.prune === true && removal === "keep") {
    const allowed =
      "with removal: keep a region that goes must stay, and what a helmfile no longer renders would be deleted: false, or removal: delete";
    yield { path: [...path, "prune"], found: "true", allowed, given: [[...path.slice(0, -1), "removal"]] };
  }
  if (!sync.createNamespace) return;
  const allowed =
    "an Application of many namespaces has none of its own, and Argo CD makes no other: the helmfile's charts have to";
  yield { path: [...path, "createNamespace"], found: "true", allowed };
}

function* severalClusters(platform: Platform, fleet: Fleet, path: Path): Generator<Finding> {
  const clusters = new Set(regionsOfFleet(platform, fleet).map((region) => clusterOf(platform, region)));
  clusters.delete(undefined);
  if (clusters.size < 2) return;
  const names = listed([...clusters].map(String).sort(), "and");
  const allowed = "an Application deploys to one: make a fleet for each";
  yield { path: [...path, "regions"], found: `regions in the clusters ${names}`, allowed };
}

/** What only Applications of a chart have. `path` and `chart` may stand there: they say what must not be deployed twice. */
function* notItsOwn(component: FleetComponent, path: Path): Generator<Finding> {
  const { valueFiles, values, releaseName, skipCrds, generators, wave } = component;
  const set = {
    ...(valueFiles.length > 0 && { valueFiles }),
    ...(Object.keys(values).length > 0 && { values }),
    ...(releaseName !== undefined && { releaseName }),
    ...(skipCrds && { skipCrds }),
    ...(wave !== undefined && { wave }),
  };
  for (const [key, value] of Object.entries(set)) {
    yield { path: [...path, key], found: show(value), allowed: "a helmfile says this of its releases itself" };
  }
  if (!generators) return;
  const allowed =
    "a helmfile says the values of its releases itself: set global.argocd.enabled there, and leave this out";
  yield { path: [...path, "generators"], found: "true", allowed };
}
