import type { PlannedApplication } from "../../argocd/plan.ts";
import { plannedApplications } from "../../argocd/plan.ts";
import { inRegion } from "../../argocd/region-names.ts";
import type { ArgocdSettings } from "../../argocd/schema.ts";
import { dnsLabel, type NameRule } from "../../names.ts";
import { releaseName } from "../../argocd/names.ts";
import { type Finding, type Path, pathText, show } from "../../problem.ts";
import type { Rule } from "../rule.ts";

/** Names that Kubernetes and Helm take, and each only once. */
export const argocdNames: Rule = function* (platform) {
  const { argocd } = platform;
  if (argocd === undefined) return;
  const told = new Set<string>();
  const first = new Map<string, PlannedApplication>();
  for (const planned of plannedApplications(platform)) {
    const place = pathText(planned.path);
    for (const { what, finding } of tooLong(planned, argocd)) {
      // Once for a component, not for each of its regions.
      if (!told.has(`${what} ${place}`)) yield finding;
      told.add(`${what} ${place}`);
    }
    const namesake = first.get(planned.name);
    if (namesake === undefined) first.set(planned.name, planned);
    else yield taken(planned, namesake);
  }
};

interface Named {
  readonly what: string;
  readonly finding: Finding;
}

function* tooLong(planned: PlannedApplication, argocd: ArgocdSettings): Generator<Named> {
  const { name, path, rendering, namespaces } = planned;
  yield* unlessFits("name", name, dnsLabel, {
    path,
    found: `the name ${show(name)} (${String(name.length)} characters)`,
    allowed:
      "an Application's name has at most 63, for it may become a label: shorten one of the names that it is made of",
  });
  if (rendering.by === "helm") {
    const release = rendering.releaseName;
    yield* unlessFits("release", release, releaseName, {
      path,
      found: `the release name ${show(release)} (${String(release.length)} characters)`,
      allowed: "Helm takes at most 53: give it another with releaseName",
    });
  }
  if (rendering.by === "directory") return;
  for (const namespace of namespaces) {
    const [region = "", entry] = sayingSo(namespace, planned, argocd);
    yield* unlessFits(`namespace ${pathText(entry)}`, namespace, dnsLabel, {
      path: [...entry, "namespace"],
      found: `${show(namespace)} (${String(namespace.length)} characters, in region ${region})`,
      allowed: "a namespace's name has at most 63",
    });
  }
}

/** The region that a namespace is of, and the entry that says it: the Application's own, or of a helmfile the component. */
function sayingSo(
  namespace: string,
  { path, rendering, regions }: PlannedApplication,
  argocd: ArgocdSettings,
): [string | undefined, Path] {
  if (rendering.by !== "helmfile") return [regions[0], path];
  const components = Object.entries(argocd.fleets[String(path[2])]?.components ?? {});
  for (const [name, component] of components) {
    const region = regions.find((it) => inRegion(component.namespace, it) === namespace);
    if (region !== undefined) return [region, [...path, "components", name]];
  }
  return [regions[0], path];
}

function* unlessFits(what: string, name: string, { pattern }: NameRule, finding: Finding): Generator<Named> {
  if (!pattern.test(name)) yield { what, finding };
}

function taken(planned: PlannedApplication, { path, regions }: PlannedApplication): Finding {
  const allowed = `${whose(path, regions)} has an Application of this name already`;
  return { path: planned.path, found: `the name ${show(planned.name)}`, allowed };
}

/** What an Application belongs to, in an error. */
export function whose(path: Path, regions: readonly string[]): string {
  const [region = ""] = regions;
  return path[1] === "applications" ? pathText(path) : `${pathText(path)} (region ${region})`;
}
