import type { PlannedApplication } from "../../argocd/plan.ts";
import { plannedApplications } from "../../argocd/plan.ts";
import { dnsLabel, type NameRule } from "../../names.ts";
import { releaseName } from "../../argocd/names.ts";
import { type Finding, type Path, pathText, show } from "../../problem.ts";
import type { Rule } from "../rule.ts";

/** Names that Kubernetes and Helm take, and each only once. */
export const argocdNames: Rule = function* (platform) {
  const told = new Set<string>();
  const first = new Map<string, PlannedApplication>();
  for (const planned of plannedApplications(platform)) {
    const place = pathText(planned.path);
    for (const { what, finding } of tooLong(planned)) {
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

function* tooLong({ name, path, rendering, destination, regions }: PlannedApplication): Generator<Named> {
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
  const { namespace } = destination;
  if (namespace === undefined || rendering.by !== "helm") return;
  yield* unlessFits("namespace", namespace, dnsLabel, {
    path: [...path, "namespace"],
    found: `${show(namespace)} (${String(namespace.length)} characters, in region ${regions[0] ?? ""})`,
    allowed: "a namespace's name has at most 63",
  });
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
