import { grafanaGroups } from "../../../nats/alerts/groups.ts";
import type { RegionAlert } from "../../../nats/alerts/table.ts";
import { goDuration } from "../../external-secrets/duration.ts";
import type { ManifestArgs } from "../../target/index.ts";
import { labels, names } from "../names.ts";
import { grafanaRule, type DataSource, type RuleSettings } from "./alert-rule.ts";
import { grafanaImport, type GrafanaSettings } from "./settings.ts";

/** What the alerts in Grafana are made from. */
export interface AlertGroupsSettings extends RuleSettings {
  readonly namespace: string;
  readonly grafana: GrafanaSettings;
  readonly alerts: readonly RegionAlert[];
  /** Those whose value is asked from Loki. */
  readonly logAlerts: readonly RegionAlert[];
}

/** The alerts of a region for Grafana, in groups that are evaluated equally often. */
export function alertGroups(settings: AlertGroupsSettings): ManifestArgs["GrafanaAlertRuleGroup"][] {
  const { namespace, grafana, alerts, logAlerts } = settings;
  const sourceOf = (alert: RegionAlert): DataSource =>
    grafana.loki !== undefined && logAlerts.includes(alert)
      ? { type: "loki", uid: grafana.loki }
      : { type: "prometheus", uid: grafana.dataSource };
  return grafanaGroups([...alerts, ...logAlerts]).map((group) => ({
    metadata: { name: `nats-${group.name}`, namespace, labels },
    spec: {
      ...grafanaImport(grafana),
      folderRef: names.folder,
      interval: goDuration(group.intervalSeconds),
      rules: group.alerts.map((alert) => grafanaRule(alert, sourceOf(alert), settings)),
    },
  }));
}
