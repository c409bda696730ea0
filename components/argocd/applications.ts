import type * as pulumi from "@pulumi/pulumi";
import type { PlannedApplication } from "../../config/argocd/plan.ts";
import type { ClusterTarget, PlaceOptions } from "../target/index.ts";
import { application, type ApplicationSettingsOf } from "./application.ts";

/** What Applications need. */
export interface ApplicationsArgs {
  readonly planned: readonly PlannedApplication[];
  readonly settings: ApplicationSettingsOf;
  readonly target: ClusterTarget;
  readonly parent: pulumi.Resource;
  /** What has to be there as long as Applications are: their project, repositories and clusters. */
  readonly after: readonly pulumi.Resource[];
}

/** Places the Applications that this program makes. */
export function placeApplications({ planned, settings, target, parent, after }: ApplicationsArgs): void {
  // In another namespace it is another one: were it made first, the end of the old one would take what the new one has.
  const opts: PlaceOptions = { parent, dependsOn: [...after], deleteBeforeReplace: true };
  for (const it of planned) {
    if (it.madeBy !== "program") continue;
    target.place("Application", `argocd.${it.name}`, application(it, settings), opts);
  }
}
