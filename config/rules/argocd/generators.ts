import type { FleetComponent } from "../../argocd/application-schema.ts";
import { LABELS } from "../../argocd/labels.ts";
import { type PlannedApplication, plannedApplications } from "../../argocd/plan.ts";
import type { ArgocdSettings } from "../../argocd/schema.ts";
import { hasGeneratorHooks } from "../../argocd/values.ts";
import { type Finding, type Path, pathText } from "../../problem.ts";
import type { Rule } from "../rule.ts";

/** Generator Jobs run as hooks of a sync: nothing keeps them from it, whether `generators` makes hooks of them or the chart's values do. */
export const argocdGenerators: Rule = function* (platform) {
  const { argocd } = platform;
  if (argocd === undefined) return;
  const told = new Set<string>();
  for (const planned of plannedApplications(platform)) {
    if (!planned.generators) continue;
    for (const finding of hooks(argocd, planned, saidAt(argocd, planned))) {
      const place = pathText(finding.path);
      if (!told.has(place)) yield finding;
      told.add(place);
    }
  }
};

function* hooks(
  { version, fleets }: ArgocdSettings,
  { path, sync, manifestPaths }: PlannedApplication,
  said: Path,
): Generator<Finding> {
  const [, kind, name = ""] = path;
  if (manifestPaths.length > 0) {
    const place = [...path.slice(0, 3), "manifestPaths"];
    const allowed =
      "with them Argo CD takes an automated sync for the healing of single objects, in which hooks don't run: generators needs them left out";
    yield { path: place, found: "paths", allowed, given: [said] };
  }
  // With a rollout the controller of ApplicationSets asks for each sync, and for a full one.
  const isRolledOut = kind === "fleets" && (fleets[name]?.rollout.length ?? 0) > 0;
  if (!sync.automated || isRolledOut || !/^3\.4\.[0-4]$/.test(version)) return;
  const allowed = `in automated syncs of Argo CD ${version} hooks don't run (fixed in 3.4.5 and 3.5.0): update it, or say sync.automated: false`;
  yield { path: said, found: "true", allowed, given: [["argocd", "version"]] };
}

/** What makes hooks of the Jobs: `generators`, or values of the chart, which a region may have of its own. */
function saidAt(argocd: ArgocdSettings, { path, labels, regions: [region = ""] }: PlannedApplication): Path {
  const enabled = ["global", "argocd", "enabled"];
  const [, kind, name = ""] = path;
  const component = labels[LABELS.component] ?? "";
  const entry: Pick<FleetComponent, "generators" | "values"> | undefined =
    kind === "applications" ? argocd.applications[name] : argocd.fleets[name]?.components[component];
  if (entry?.generators === true) return [...path, "generators"];
  if (kind === "applications" || hasGeneratorHooks(entry?.values)) return [...path, "values", ...enabled];
  return ["regions", region, "argocd", "values", name, component, ...enabled];
}
