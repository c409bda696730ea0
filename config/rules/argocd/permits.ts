import { matchesGlob } from "../../../nats/globs.ts";
import { normalUrl } from "../../argocd/urls.ts";
import { type PlannedApplication, plannedApplications } from "../../argocd/plan.ts";
import { type Finding, type Path, pathText, show } from "../../problem.ts";
import type { Platform } from "../../schema.ts";
import type { Rule } from "../rule.ts";

/** Kinds that every region's manifests have. */
const ALWAYS = [
  { group: "apps", kind: "StatefulSet" },
  { group: "", kind: "Service" },
  { group: "", kind: "ConfigMap" },
];

/** What the project denies, and what a cluster's login may not do, is nothing that the stack's own Applications need. */
export const argocdPermits: Rule = function* (platform) {
  if (platform.argocd === undefined) return;
  const planned = plannedApplications(platform);
  yield* deniedKinds(platform, planned);
  yield* deniedRepositories(platform.argocd, planned);
  yield* outsideOfNamespaces(platform.argocd, planned);
};

function* deniedKinds({ argocd, keys }: Platform, planned: readonly PlannedApplication[]): Generator<Finding> {
  const synced = planned.find(({ rendering }) => rendering.by === "directory");
  if (synced === undefined) return;
  const secrets = { group: "external-secrets.io", kind: "ExternalSecret" };
  const needed = [...ALWAYS, ...(keys.store === "vault" ? [secrets] : [])];
  for (const [index, denied] of (argocd?.project.deniedKinds ?? []).entries()) {
    const kind = needed.find((it) => matchesGlob(denied.group, it.group) && matchesGlob(denied.kind, it.kind));
    if (kind === undefined) continue;
    const allowed = `${pathText(synced.path)} needs it: a region's manifests have such objects (${kind.kind})`;
    const path = ["argocd", "project", "deniedKinds", index];
    yield { path, found: show(`${denied.group}/${denied.kind}`), allowed, given: [["argocd", "platform"]] };
  }
}

/** A pattern that begins with ! denies what it fits, whatever else permits it. */
function* deniedRepositories(
  { project, repositories }: NonNullable<Platform["argocd"]>,
  planned: readonly PlannedApplication[],
): Generator<Finding> {
  for (const [index, pattern] of project.repositories.entries()) {
    if (!pattern.startsWith("!")) continue;
    const refused = planned.find(({ repository }) => {
      const known = Object.hasOwn(repositories, repository) ? repositories[repository] : undefined;
      return known !== undefined && matchesGlob(pattern.slice(1), normalUrl(known.url));
    });
    if (refused === undefined) continue;
    const path = ["argocd", "project", "repositories", index];
    const allowed = `it denies repository ${refused.repository}, which ${pathText(refused.path)} comes from`;
    yield { path, found: show(pattern), allowed, given: [["argocd", "repositories", refused.repository]] };
  }
}

/** A cluster with `namespaces` is one whose login may do no more (gitops-engine: namespaced mode). */
function* outsideOfNamespaces(
  { clusters }: NonNullable<Platform["argocd"]>,
  planned: readonly PlannedApplication[],
): Generator<Finding> {
  for (const [name, { namespaces, clusterResources }] of Object.entries(clusters)) {
    if (namespaces.length === 0) continue;
    const here = planned.filter(({ destination }) => destination.cluster === name);
    const path: Path = ["argocd", "clusters", name];
    const missing = new Map(here.flatMap((it) => it.namespaces.map((namespace) => [namespace, it] as const)));
    for (const [namespace, it] of missing) {
      if (namespaces.includes(namespace)) continue;
      const allowed = `${pathText(it.path)} puts objects into ${namespace}, which is not among them`;
      yield { path: [...path, "namespaces"], found: "a list", allowed, given: [it.path] };
      break;
    }
    const makesOne = here.find((it) => it.sync.createNamespace || it.rendering.by === "directory");
    if (makesOne === undefined || clusterResources) continue;
    const allowed = `${pathText(makesOne.path)} makes objects without a namespace: true is needed beside namespaces`;
    yield { path: [...path, "clusterResources"], found: "false", allowed, given: [makesOne.path] };
  }
}
