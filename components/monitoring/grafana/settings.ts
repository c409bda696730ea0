import type { MonitoringSettings } from "../../../config/schema.ts";
import { goDuration } from "../../external-secrets/duration.ts";
import type { GrafanaImport } from "../../target/grafana-operator.ts";

/** What a region says about its Grafana: its `monitoring.grafana` section. */
export type GrafanaSettings = NonNullable<MonitoringSettings["grafana"]>;

/** How often the operator looks whether Grafana still has what it was given. */
const RESYNC_SECONDS = 600;

/** For which Grafana an object is. */
export function grafanaImport({ instanceSelector, allowCrossNamespaceImport }: GrafanaSettings): GrafanaImport {
  return {
    instanceSelector: { matchLabels: { ...instanceSelector } },
    allowCrossNamespaceImport,
    resyncPeriod: goDuration(RESYNC_SECONDS),
  };
}

/**
 * What the operator's kinds don't let anybody change (grafana-operator 5.24): such a change makes the object anew, under its old name.
 * The last one may be set, but not taken back.
 */
export const replacedWithSettings = {
  replaceOnChanges: ["spec.instanceSelector", "spec.uid", "spec.name", "spec.allowCrossNamespaceImport"],
  deleteBeforeReplace: true,
};
