import type { MonitoringSettings } from "../../../config/schema.ts";
import { canonicalHash } from "../../../nats/canonical-json.ts";
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
 * Name of an object in its cluster. Its kind lets nobody change for which Grafana it is (grafana-operator 5.24), and a preview asks the API
 * server about an object of the old name that is to be made anew, which refuses it: so it gets another name.
 *
 * @param fixed what else of it can't be changed
 */
export function grafanaName(name: string, settings: GrafanaSettings, ...fixed: readonly string[]): string {
  const { instanceSelector, allowCrossNamespaceImport } = settings;
  return `${name}-${canonicalHash({ instanceSelector, allowCrossNamespaceImport, fixed }).slice(0, 8)}`;
}
