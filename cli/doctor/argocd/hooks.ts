import type { PlannedApplication } from "../../../config/argocd/plan.ts";
import { skipsHooks } from "../../argocd/full-sync.ts";
import type { Check } from "../check.ts";
import type { Installation } from "./installation.ts";

/** Whether somebody asked last for a sync of these Applications in which their generators did not run. */
export function checkHooks(
  { applications }: Pick<Installation, "applications">,
  planned: readonly Pick<PlannedApplication, "name">[],
): Check {
  return {
    about: "generators",
    found: planned.map(({ name }) => name).join(", "),
    problems: planned.flatMap(({ name }) => {
      const live = applications.find(({ metadata }) => metadata.name === name);
      if (live === undefined)
        return [`${name}: found no such Application: \`npm run up\` makes it, or its ApplicationSet`];
      const operation = live.status?.operationState?.operation;
      if (operation === undefined) return [`${name}: it has never been synced`];
      // Argo CD heals often, and that says nothing of whether a Secret is missing.
      const isOfItself = operation.initiatedBy?.automated === true;
      const reason = skipsHooks(operation);
      if (reason === undefined || isOfItself) return [];
      return [
        `${name}: its last sync ran no hooks (${reason}): if a generated Secret is missing, \`npm run cli -- argocd sync ${name}\` makes it`,
      ];
    }),
  };
}
