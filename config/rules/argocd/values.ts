import { isMap } from "../../merge.ts";
import { type Finding, type Path, show } from "../../problem.ts";
import { secretProblem } from "../../argocd/secret-looking.ts";
import type { Rule } from "../rule.ts";

/** Helm values and variables that arrive as they are written, and that everybody may see. */
export const argocdValues: Rule = function* ({ argocd, regions }) {
  if (argocd === undefined) return;
  for (const [name, { values }] of Object.entries(argocd.applications)) {
    yield* helmValues(["argocd", "applications", name, "values"], values);
  }
  for (const [name, { components, helmfile }] of Object.entries(argocd.fleets)) {
    const path = ["argocd", "fleets", name];
    for (const [component, { values }] of Object.entries(components)) {
      yield* helmValues([...path, "components", component, "values"], values);
    }
    if (helmfile !== undefined) yield* secretProblem([...path, "helmfile", "env"], helmfile.env);
  }
  for (const [name, { argocd: settings }] of Object.entries(regions)) {
    if (settings !== undefined) yield* helmValues(["regions", name, "argocd", "values"], settings.values);
  }
};

function* helmValues(path: Path, values: unknown): Generator<Finding> {
  yield* secretProblem(path, values);
  yield* nulls(path, values);
}

/** With null Helm forgets a default of the chart. Neither Pulumi nor a patch in an ApplicationSet leaves it where it is. */
function* nulls(path: Path, value: unknown): Generator<Finding> {
  if (value === null) {
    const allowed = "null gets lost on its way to Helm: put it into a values file in the chart's folder";
    yield { path, found: show(value), allowed };
  } else if (Array.isArray(value)) {
    for (const [position, item] of value.entries()) yield* nulls([...path, position], item);
  } else if (isMap(value)) {
    for (const [key, item] of Object.entries(value)) yield* nulls([...path, key], item);
  }
}
