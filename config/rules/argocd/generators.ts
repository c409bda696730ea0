import type { ArgocdSettings } from "../../argocd/schema.ts";
import type { Finding, Path } from "../../problem.ts";
import type { Rule } from "../rule.ts";

/** Generator Jobs run as hooks of a sync: nothing keeps them from it. */
export const argocdGenerators: Rule = function* ({ argocd }) {
  if (argocd === undefined) return;
  for (const [name, { generators, manifestPaths, sync }] of Object.entries(argocd.applications)) {
    const path = ["argocd", "applications", name];
    if (generators) yield* hooks(argocd, sync.automated, manifestPaths, path, [...path, "generators"]);
  }
  for (const [name, { mode, components, manifestPaths, sync }] of Object.entries(argocd.fleets)) {
    const path = ["argocd", "fleets", name];
    const [component] = Object.entries(components).find(([, { generators }]) => generators) ?? [];
    // Of a helmfile fleet it is refused as such.
    if (component === undefined || mode === "helmfile") continue;
    yield* hooks(argocd, sync.automated, manifestPaths, path, [...path, "components", component, "generators"]);
  }
};

function* hooks(
  { version }: ArgocdSettings,
  automated: boolean,
  manifestPaths: readonly string[],
  path: Path,
  generatorsPath: Path,
): Generator<Finding> {
  if (manifestPaths.length > 0) {
    const allowed =
      "with them Argo CD takes an automated sync for the healing of single objects, in which hooks don't run: generators needs them left out";
    yield { path: [...path, "manifestPaths"], found: "paths", allowed, given: [generatorsPath] };
  }
  if (!automated || !/^3\.4\.[0-4]$/.test(version)) return;
  const allowed = `in automated syncs of Argo CD ${version} hooks don't run (fixed in 3.4.5 and 3.5.0): update it, or say sync.automated: false`;
  yield { path: generatorsPath, found: "true", allowed, given: [["argocd", "version"]] };
}
