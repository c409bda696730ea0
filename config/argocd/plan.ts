import type { Path } from "../problem.ts";
import type { Platform } from "../schema.ts";
import type { Fleet } from "./application-schema.ts";
import { fleetApplications } from "./fleets.ts";
import { helmfileApplications } from "./helmfile.ts";
import { platformApplications } from "./platform-applications.ts";
import { singleApplication } from "./single.ts";
import type { SyncSettings } from "./sync-schema.ts";

/** How an Application's manifests come out of its source. */
export type Rendering =
  | {
      readonly by: "helm";
      readonly releaseName: string;
      readonly valueFiles: readonly string[];
      /** Merged: a component's, a region's, and global.argocd.enabled. */
      readonly values: Readonly<Record<string, unknown>>;
      readonly skipCrds: boolean;
    }
  | { readonly by: "directory" }
  | { readonly by: "helmfile"; readonly env: Readonly<Record<string, string>> };

/** Where an Application's objects go. */
export interface PlannedDestination {
  /** Name of a cluster in argocd.clusters, or in-cluster. */
  readonly cluster: string;
  /** Absent: each object says its own. */
  readonly namespace?: string | undefined;
}

/** One Application that there will be, whoever makes it: this program, or an ApplicationSet. */
export interface PlannedApplication {
  /** metadata.name. */
  readonly name: string;
  /** Where it stands in the configuration. */
  readonly path: Path;
  /** Name in argocd.repositories. */
  readonly repository: string;
  readonly revision: string;
  /** Folder in a Git repository, or the name of a chart. */
  readonly source: { readonly path: string } | { readonly chart: string };
  readonly rendering: Rendering;
  readonly destination: PlannedDestination;
  /** Regions whose workloads it has: one, or with helmfile a shard of the fleet. */
  readonly regions: readonly string[];
  /** All namespaces that it puts objects into. */
  readonly namespaces: readonly string[];
  readonly sync: SyncSettings & { readonly prune: boolean };
  readonly removal: "keep" | "delete";
  readonly wave?: number | undefined;
  /** It has generator Jobs that have to run as hooks: `generators` says so, or the chart's values do. */
  readonly generators: boolean;
  readonly manifestPaths: readonly string[];
  /** Labels nats-platform/region, nats-platform/fleet and nats-platform/component, as far as it has them. */
  readonly labels: Readonly<Record<string, string>>;
  /** What makes it: the program, or the ApplicationSet of this fleet. */
  readonly madeBy: "program" | { readonly applicationSet: string };
}

/** What a plan follows from. */
export type PlannedFrom = Pick<Platform, "argocd" | "regions" | "accounts" | "secrets" | "keys">;

/** Every Application of a stack, in the order of the configuration. What does not fit together is left out: the rules say so. */
export function plannedApplications(platform: PlannedFrom): PlannedApplication[] {
  return planned(platform, false);
}

/** The same, and what is disabled and goes with its workloads: what the project has to permit until that is done. */
export function permittedApplications(platform: PlannedFrom): PlannedApplication[] {
  return planned(platform, true);
}

function planned(platform: PlannedFrom, hasGoing: boolean): PlannedApplication[] {
  const { argocd } = platform;
  if (argocd === undefined) return [];
  const isThere = ([, it]: [string, Pick<Fleet, "enabled" | "removal">]) =>
    it.enabled || (hasGoing && it.removal === "delete");
  return [
    ...Object.entries(argocd.applications)
      .filter(isThere)
      .flatMap(([name, it]) => singleApplication(platform, name, it)),
    ...Object.entries(argocd.fleets)
      .filter(isThere)
      .flatMap(([name, fleet]) =>
        fleet.mode === "helmfile"
          ? helmfileApplications(platform, name, fleet)
          : fleetApplications(platform, name, fleet),
      ),
    ...platformApplications(platform, hasGoing && argocd.platform?.removal === "delete"),
  ];
}
