import { LABELS } from "../../argocd/labels.ts";
import { type PlannedApplication, plannedApplications } from "../../argocd/plan.ts";
import { type Finding, type Path, pathText } from "../../problem.ts";
import type { Rule } from "../rule.ts";

/** Kubernetes stores 1.5 MiB at most, and what Argo CD writes beside is to have room. */
const MOST_BYTES = 1_000_000;
/** What `kubectl apply` writes into an annotation has 262144 bytes at most, with the other annotations. */
const MOST_APPLIED_BYTES = 250_000;
/** What an Application has in an ApplicationSet's status. */
const STATUS_BYTES = 300;
/** An Application, or what is in an ApplicationSet beside its elements. */
const FRAME_BYTES = 2_000;
/** Syncs that Argo CD remembers by itself. */
const HISTORY = 10;

const APPLIED =
  "kubectl apply keeps a copy in an annotation, which has 262144 bytes at most (250 kB here, for there is more in it)";

/** Objects of Argo CD that Kubernetes can store, and kubectl apply where the stack renders them. */
export const argocdSizes: Rule = function* (platform) {
  const { argocd } = platform;
  if (argocd === undefined) return;
  const isApplied = "render" in argocd.target;
  const told = new Set<string>();
  const sets = new Map<string, number[]>();
  for (const planned of plannedApplications(platform)) {
    const { madeBy, path } = planned;
    if (typeof madeBy === "object") {
      sets.set(madeBy.applicationSet, [...(sets.get(madeBy.applicationSet) ?? []), elementBytes(planned)]);
    }
    const finding = ofApplication(planned, isApplied && madeBy === "program");
    if (finding === undefined || told.has(pathText(path))) continue;
    told.add(pathText(path));
    yield finding;
  }
  for (const [name, elements] of sets) {
    const finding = ofSet(["argocd", "fleets", name, "mode"], elements, isApplied);
    if (finding !== undefined) yield finding;
  }
};

function ofApplication(planned: PlannedApplication, isApplied: boolean): Finding | undefined {
  const { path, rendering, sync } = planned;
  const isHelm = rendering.by === "helm";
  const bytes = isHelm ? bytesOf(rendering.values) : bytesOf(rendering);
  const place = isHelm
    ? { path: [...path, "values"], found: `${kilobytes(bytes)} of Helm values` }
    : { path, found: `${kilobytes(bytes)} of variables for the plugin` };
  const instead = isHelm
    ? "put them into a values file in the chart's folder"
    : "put them into the helmfile's own values, or make several fleets of it";
  // In the Application itself, in what its last sync was told and did, and in each sync that is remembered.
  const copies = (sync.history ?? HISTORY) + 3;
  if (bytes * copies > MOST_BYTES) {
    const allowed = `Argo CD stores them some ${String(copies)} times, and Kubernetes 1500 kB in all: ${instead}`;
    return { ...place, allowed };
  }
  if (!isApplied || elementBytes(planned) + FRAME_BYTES <= MOST_APPLIED_BYTES) return undefined;
  return { ...place, allowed: `${APPLIED}: ${instead}` };
}

function ofSet(path: Path, elements: readonly number[], isApplied: boolean): Finding | undefined {
  const bytes = applicationSetBytes(elements);
  const place = { path, found: `an ApplicationSet of some ${kilobytes(bytes)}` };
  const instead =
    "use mode: applications, make several fleets of it, or put values into values files in the charts' folders";
  if (bytes + elements.length * STATUS_BYTES > MOST_BYTES) {
    return { ...place, allowed: `Kubernetes stores 1500 kB, with what Argo CD writes into it: ${instead}` };
  }
  return isApplied && bytes > MOST_APPLIED_BYTES ? { ...place, allowed: `${APPLIED}: ${instead}` } : undefined;
}

/** An ApplicationSet with elements of these sizes, without its status. */
export function applicationSetBytes(elements: readonly number[]): number {
  return elements.reduce((sum, bytes) => sum + bytes, FRAME_BYTES);
}

/** What is of one Application alone, as its element of an ApplicationSet has it in JSON. Rather too much than too little. */
export function elementBytes({ name, labels, source, rendering, destination, ...of }: PlannedApplication): number {
  const { by, ...rendered } = rendering;
  const names = { name, region: labels[LABELS.region], component: labels[LABELS.component], ...source, by };
  const { wave = 0, manifestPaths } = of;
  const annotations = (wave === 0 ? 0 : 80) + (manifestPaths.length === 0 ? 0 : 70 + bytesOf(manifestPaths));
  return 50 + annotations + bytesOf({ ...names, ...destination, ...rendered });
}

/** In UTF-8. */
function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function kilobytes(bytes: number): string {
  return `${String(Math.ceil(bytes / 1000))} kB`;
}
