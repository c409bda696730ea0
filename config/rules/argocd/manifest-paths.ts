import { plannedApplications } from "../../argocd/plan.ts";
import { type Finding, type Path, pathText, show } from "../../problem.ts";
import type { Rule } from "../rule.ts";

/** Paths of commits that each Application's own folder is among: with others alone, a commit to its chart would be overlooked. */
export const argocdManifestPaths: Rule = function* (platform) {
  const { argocd } = platform;
  if (argocd === undefined) return;
  for (const [name, { manifestPaths }] of Object.entries(argocd.applications)) {
    const path = ["argocd", "applications", name, "manifestPaths"];
    yield* braces(manifestPaths, path, "{region} stands for a region in fleets only");
  }
  for (const [name, { manifestPaths, mode }] of Object.entries(argocd.fleets)) {
    const path = ["argocd", "fleets", name, "manifestPaths"];
    const isHelmfile = mode === "helmfile";
    const rest = isHelmfile ? manifestPaths : manifestPaths.map((it) => it.replaceAll("{region}", ""));
    const allowed = isHelmfile
      ? "an Application of a helmfile has several regions, and {region} stands for none of them"
      : "only {region} stands for something here";
    yield* braces(manifestPaths, path, allowed, rest);
  }
  const told = new Set<string>();
  for (const { path, source, manifestPaths } of plannedApplications(platform)) {
    if (manifestPaths.length === 0 || !("path" in source)) continue;
    const place = [...path.slice(0, 3), "manifestPaths"];
    const key = `${pathText(place)} ${source.path}`;
    if (told.has(key) || manifestPaths.some((it) => isIn(it, source.path))) continue;
    told.add(key);
    const allowed = `commits to ${source.path}, where the manifests are made from, would not be seen: add it (paths are the repository's, and with * they are files')`;
    yield { path: place, found: `paths without ${show(source.path)}`, allowed };
  }
};

/** Whether a folder is this one or is in it. A pattern fits files of its own depth alone (argo-cd 3.2, util/app/path). */
function isIn(outer: string, folder: string): boolean {
  return outer === "." || folder === outer || folder.startsWith(`${outer}/`);
}

function* braces(texts: readonly string[], path: Path, allowed: string, rest = texts): Generator<Finding> {
  for (const [position, text] of texts.entries()) {
    if (/[{}]/.test(rest[position] ?? "")) yield { path: [...path, position], found: show(text), allowed };
  }
}
