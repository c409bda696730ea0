import type { Fleet } from "../../argocd/application-schema.ts";
import { fleetApplications } from "../../argocd/fleets.ts";
import { matchingRegions } from "../../argocd/region-names.ts";
import { type Finding, listed, type Path, show } from "../../problem.ts";
import type { Rule } from "../rule.ts";

/** Rollouts that Argo CD does, and that leave no region behind. */
export const argocdRollouts: Rule = function* (platform) {
  const { argocd } = platform;
  if (argocd === undefined) return;
  for (const [name, fleet] of Object.entries(argocd.fleets)) {
    if (fleet.rollout.length === 0) continue;
    const path = ["argocd", "fleets", name];
    if (fleet.mode !== "applicationSet") {
      const allowed = `Applications wait for each other in an ApplicationSet only, and this is mode: ${fleet.mode}`;
      yield { path: [...path, "rollout"], found: "a list of steps", allowed, given: [[...path, "mode"]] };
      continue;
    }
    if (!argocd.progressiveSyncs) {
      const allowed =
        "without progressive syncs the ApplicationSet controller ignores it: switch them on there (applicationsetcontroller.enable.progressive.syncs), and say so with argocd.progressiveSyncs: true";
      const given = [["argocd", "progressiveSyncs"]];
      yield { path: [...path, "rollout"], found: "a list of steps", allowed, given };
    }
    if (!fleet.sync.automated) {
      const allowed = "a rollout syncs by itself, and Argo CD does nothing else: leave out one of them";
      const given = [[...path, "rollout"]];
      yield { path: [...path, "sync", "automated"], found: "false", allowed, given };
    }
    const here = fleetApplications(platform, name, fleet).flatMap(({ regions }) => regions);
    yield* inNoStep(fleet, [...new Set(here)], [...path, "rollout"]);
  }
};

function* inNoStep({ rollout }: Fleet, regions: readonly string[], path: Path): Generator<Finding> {
  const inSome = matchingRegions(
    regions,
    rollout.flatMap((step) => step.regions),
  );
  const left = regions.filter((region) => !inSome.includes(region));
  if (left.length > 0) {
    const allowed = `${listed(left, "and")} would never be synced: end with a step whose regions are ["*"]`;
    yield { path, found: "steps without some regions", allowed };
  }
  for (const [position, { maxUpdate }] of rollout.entries()) {
    if (maxUpdate !== "0%") continue;
    const allowed = "none would ever be synced: a share is 1% or more";
    yield { path: [...path, position, "maxUpdate"], found: show(maxUpdate), allowed };
  }
}
