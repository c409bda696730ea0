import { IN_CLUSTER } from "../../config/argocd/clusters.ts";
import type { PlannedApplication } from "../../config/argocd/plan.ts";
import type { ArgocdSettings } from "../../config/argocd/schema.ts";
import { allowedInRegion } from "../../config/argocd/region-namespaces.ts";
import { inRegion } from "../../config/argocd/region-names.ts";
import { repositoryAddress } from "../../config/argocd/urls.ts";
import type { Platform } from "../../config/schema.ts";
import { goDuration } from "../external-secrets/duration.ts";
import { managedBy } from "../external-secrets/labels.ts";
import type { AppProjectSpec } from "../target/argo-cd.ts";
import type { ManifestArgs } from "../target/index.ts";
import { destinationSpec } from "./application.ts";
import { clusterKindsOf } from "./cluster-kinds.ts";

type Destination = AppProjectSpec["destinations"][number];

/** The project of all Applications: it permits what they need, and what the configuration names beside. */
export function appProject(
  settings: ArgocdSettings,
  planned: readonly PlannedApplication[],
  platform: Platform,
): ManifestArgs["AppProject"] {
  const { project, namespace, notifications } = settings;
  const { name, description, deniedKinds, windows, warnOfOrphans } = project;
  const kinds = once([...clusterKindsOf(planned, platform), ...project.clusterKinds]);
  const roles = rolesOf(project);
  const annotations = Object.fromEntries(
    notifications.map(({ trigger, service, recipients }) => [
      `notifications.argoproj.io/subscribe.${trigger}.${service}`,
      recipients.join(";"),
    ]),
  );
  return {
    metadata: { name, namespace, labels: managedBy, ...(notifications.length === 0 ? {} : { annotations }) },
    spec: {
      ...(description === undefined ? {} : { description }),
      sourceRepos: sourcesOf(settings, planned),
      destinations: destinationsOf(settings, planned, platform),
      ...(kinds.length === 0 ? {} : { clusterResourceWhitelist: kinds }),
      ...(deniedKinds.length === 0 ? {} : { namespaceResourceBlacklist: once(deniedKinds) }),
      ...(windows.length === 0
        ? {}
        : { syncWindows: windows.map((window) => ({ ...window, duration: goDuration(window.duration) })) }),
      ...(roles.length === 0 ? {} : { roles }),
      ...(warnOfOrphans ? { orphanedResources: { warn: true } } : {}),
    },
  };
}

function sourcesOf({ repositories, project }: ArgocdSettings, planned: readonly PlannedApplication[]): string[] {
  const used = planned.flatMap(({ repository }) => {
    const known = Object.hasOwn(repositories, repository) ? repositories[repository] : undefined;
    return known === undefined ? [] : [repositoryAddress(known)];
  });
  return [...new Set([...used, ...project.repositories])];
}

/**
 * Every cluster and namespace of an Application. One that leaves the namespace to its objects is checked by Argo CD with none, which
 * only an item without a namespace (or with *) fits; each of its objects is then checked with its own.
 */
function destinationsOf(
  settings: ArgocdSettings,
  planned: readonly PlannedApplication[],
  platform: Platform,
): Destination[] {
  const used = planned.flatMap(({ destination: { cluster, namespace }, namespaces }) => [
    destinationSpec({ cluster, namespace }),
    ...namespaces.map((it) => destinationSpec({ cluster, namespace: it })),
  ]);
  const further = settings.project.destinations.map(destinationSpec);
  return once([...used, ...ofRegionsThatGo(settings), ...ofDeliveriesThatGo(planned, platform), ...further]);
}

/**
 * Where a region that goes from a fleet had its workloads. Argo CD deletes only what the project permits at that time (argo-cd 3.2,
 * getPermittedAppLiveObjects), and of a region that is gone nobody knows the name: so what all regions' namespaces look like.
 */
function ofRegionsThatGo({ fleets, clusters }: ArgocdSettings): Destination[] {
  const going = Object.values(fleets).filter(({ removal }) => removal === "delete");
  const namespaces = going.flatMap(({ components }) =>
    Object.values(components).map((it) => inRegion(it.namespace, "*")),
  );
  return [...Object.keys(clusters), IN_CLUSTER].flatMap((cluster) =>
    namespaces.map((namespace) => destinationSpec({ cluster, namespace })),
  );
}

/** Where a delivery that goes was: of the platform's own manifests, all that accounts allow in the region. */
function ofDeliveriesThatGo(planned: readonly PlannedApplication[], platform: Platform): Destination[] {
  return planned
    .filter(({ rendering, sync }) => rendering.by === "directory" && sync.prune)
    .flatMap(({ destination: { cluster }, regions }) =>
      regions
        .flatMap((region) => allowedInRegion(platform, region))
        .map((namespace) => destinationSpec({ cluster, namespace })),
    );
}

function rolesOf({ name: project, roles }: ArgocdSettings["project"]): NonNullable<AppProjectSpec["roles"]> {
  return Object.entries(roles).map(([name, { description, groups, allow }]) => ({
    name,
    ...(description === undefined ? {} : { description }),
    ...(groups.length === 0 ? {} : { groups: [...groups] }),
    policies: allow.map((action) => `p, proj:${project}:${name}, applications, ${action}, ${project}/*, allow`),
  }));
}

/** Argo CD refuses a project that says something twice. */
function once<Item extends object>(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
