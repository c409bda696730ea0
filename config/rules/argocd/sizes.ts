import { type PlannedApplication, plannedApplications } from "../../argocd/plan.ts";
import { type Finding, type Path, pathText } from "../../problem.ts";
import type { Rule } from "../rule.ts";

/** Kubernetes stores 1.5 MiB at most, and what Argo CD writes beside is to have room. */
const MOST_BYTES = 1_000_000;
/** What an element of an ApplicationSet has beside its values, with its line in the status. */
const ELEMENT_BYTES = 600;
/** Syncs that Argo CD remembers by itself. */
const HISTORY = 10;

/** Objects of Argo CD that Kubernetes can store. */
export const argocdSizes: Rule = function* (platform) {
  const told = new Set<string>();
  const sets = new Map<string, number>();
  for (const planned of plannedApplications(platform)) {
    const { madeBy, path } = planned;
    const bytes = valuesBytes(planned);
    if (typeof madeBy === "object") {
      sets.set(madeBy.applicationSet, (sets.get(madeBy.applicationSet) ?? 0) + bytes + ELEMENT_BYTES);
    }
    // In the Application itself, in what its last sync was told and did, and in each sync that is remembered.
    const copies = (planned.sync.history ?? HISTORY) + 3;
    if (bytes * copies <= MOST_BYTES || told.has(pathText(path))) continue;
    told.add(pathText(path));
    yield tooLarge(
      [...path, "values"],
      `${thousands(bytes)} kB of Helm values`,
      `Argo CD stores them some ${String(copies)} times, and Kubernetes 1500 kB in all: put them into a values file in the chart's folder`,
    );
  }
  for (const [name, bytes] of sets) {
    if (bytes <= MOST_BYTES) continue;
    yield tooLarge(
      ["argocd", "fleets", name, "mode"],
      `an ApplicationSet of some ${thousands(bytes)} kB`,
      "Kubernetes stores 1500 kB, with what Argo CD writes into it: use mode: applications, or put values into files in the chart's folder",
    );
  }
};

function valuesBytes({ rendering }: PlannedApplication): number {
  return rendering.by === "helm" ? JSON.stringify(rendering.values).length : 0;
}

function thousands(bytes: number): string {
  return String(Math.ceil(bytes / 1000));
}

function tooLarge(path: Path, found: string, allowed: string): Finding {
  return { path, found, allowed };
}
