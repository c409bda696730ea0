import { inRegion } from "../../argocd/region-names.ts";
import { show } from "../../problem.ts";
import type { Rule } from "../rule.ts";

/** What is to be deleted with its region must be known by something else than the region's name. */
export const argocdRemovals: Rule = function* ({ argocd }) {
  for (const [name, { components, removal }] of Object.entries(argocd?.fleets ?? {})) {
    if (removal !== "delete") continue;
    const path = ["argocd", "fleets", name];
    for (const [component, { namespace }] of Object.entries(components)) {
      if (/[a-z0-9]/.test(inRegion(namespace, "*"))) continue;
      const allowed =
        "with removal: delete the project permits what all regions' namespaces look like, which here is every namespace: put a text beside {region}, such as auth-{region}, or removal: keep";
      const given = [[...path, "removal"]];
      yield { path: [...path, "components", component, "namespace"], found: show(namespace), allowed, given };
    }
  }
};
