import { formatDuration } from "../../config/durations.ts";
import { prometheusGroups } from "../../nats/alerts/groups.ts";
import { conditionOf, type RegionAlert } from "../../nats/alerts/table.ts";
import type { ManifestArgs } from "../target/index.ts";
import type { PrometheusAlert } from "../target/prometheus-operator.ts";
import { labels, names } from "./names.ts";
import { alertAnnotations, alertLabels } from "./texts.ts";

/** What the rules of Prometheus are made from. */
export interface PrometheusRuleSettings {
  readonly region: string;
  readonly namespace: string;
  readonly alerts: readonly RegionAlert[];
  readonly scrapeSeconds: number;
  readonly runbooks?: string | undefined;
  /** Labels by which Prometheus finds it. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The alerts of a region for Prometheus. */
export function prometheusRule(settings: PrometheusRuleSettings): ManifestArgs["PrometheusRule"] {
  const { region, namespace, alerts, scrapeSeconds, runbooks } = settings;
  const rule = (alert: RegionAlert): PrometheusAlert => ({
    alert: alert.name,
    expr: conditionOf(alert),
    for: formatDuration(alert.forSeconds),
    labels: alertLabels(alert, region),
    annotations: alertAnnotations(alert, runbooks),
  });
  // Prometheus knows a group by its name and the object's: regions may share one.
  const groups = prometheusGroups(alerts, scrapeSeconds).map((group) => ({
    name: `nats-${region}-${group.name}`,
    interval: formatDuration(group.intervalSeconds),
    rules: group.alerts.map(rule),
  }));
  return { metadata: { name: names.rules, namespace, labels: { ...labels, ...settings.labels } }, spec: { groups } };
}
