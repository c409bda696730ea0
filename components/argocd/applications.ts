import type * as pulumi from "@pulumi/pulumi";
import type { PlannedApplication } from "../../config/argocd/plan.ts";
import type { ArgocdSettings } from "../../config/argocd/schema.ts";
import type { ClusterTarget, PlaceOptions } from "../target/index.ts";
import { applicationSet } from "./application-set.ts";
import { application, type ApplicationSettingsOf } from "./application.ts";

/** What Applications need. */
export interface ApplicationsArgs {
  readonly planned: readonly PlannedApplication[];
  readonly settings: ApplicationSettingsOf & Pick<ArgocdSettings, "fleets">;
  readonly target: ClusterTarget;
  readonly parent: pulumi.Resource;
  /** What has to be there as long as Applications are: their project, repositories and clusters. */
  readonly after: readonly pulumi.Resource[];
}

/** Places the Applications that this program makes, and the ApplicationSets of those that it doesn't. */
export function placeApplications({ planned, settings, target, parent, after }: ApplicationsArgs): void {
  // In another namespace it is another one: were it made first, the end of the old one would take what the new one has.
  const opts: PlaceOptions = { parent, dependsOn: [...after], deleteBeforeReplace: true };
  for (const it of planned) {
    if (it.madeBy !== "program") continue;
    target.place("Application", `argocd.${it.name}`, application(it, settings), opts);
  }
  for (const [name, fleet] of Object.entries(settings.fleets)) {
    const made = planned.filter(({ madeBy }) => typeof madeBy === "object" && madeBy.applicationSet === name);
    if (made.length === 0) continue;
    target.place("ApplicationSet", `argocd.set.${name}`, applicationSet(name, fleet, made, settings), opts);
  }
}
