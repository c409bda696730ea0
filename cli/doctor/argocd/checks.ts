import type { PlannedApplication } from "../../../config/argocd/plan.ts";
import type { ArgocdSettings } from "../../../config/argocd/schema.ts";
import type { Check } from "../check.ts";
import { checkAccess, checkPeople } from "./access.ts";
import { checkHooks } from "./hooks.ts";
import type { Installation } from "./installation.ts";
import { checkKnownHosts, usesSsh } from "./known-hosts.ts";
import { checkParts, checkVersion } from "./parts.ts";
import { checkPlugin } from "./plugin.ts";
import {
  checkHealth,
  checkNotifications,
  checkProgressiveSyncs,
  checkRenderingTime,
  checkTracking,
} from "./settings.ts";

/** What is to be said of an Argo CD for a stack: only of what the stack uses. */
export function checksOf(
  installation: Installation,
  settings: ArgocdSettings,
  planned: readonly PlannedApplication[],
): Check[] {
  const { notifications, plugin, progressiveSyncs, project, version } = settings;
  const generators = planned.filter((it) => it.generators);
  return [
    checkParts(installation),
    checkVersion(installation, { version, hasGenerators: generators.length > 0 }),
    checkTracking(installation),
    checkHealth(installation),
    ...(plugin === undefined ? [] : [checkPlugin(installation), checkRenderingTime(installation)]),
    ...(progressiveSyncs ? [checkProgressiveSyncs(installation)] : []),
    ...(usesSsh(settings) ? [checkKnownHosts(installation, settings)] : []),
    checkAccess(installation),
    checkPeople(installation, project.roles),
    ...(notifications.length > 0 ? [checkNotifications(installation, notifications)] : []),
    ...(generators.length > 0 ? [checkHooks(installation, generators)] : []),
  ];
}

/** Namespaces of Argo CD's own cluster that Applications put objects into. */
export function namespacesInCluster(planned: readonly PlannedApplication[]): string[] {
  const here = planned.filter(({ destination }) => destination.cluster === "in-cluster");
  return [...new Set(here.flatMap(({ namespaces }) => namespaces))];
}
