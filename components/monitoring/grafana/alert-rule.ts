import { formatDuration } from "../../../config/durations.ts";
import type { RegionAlert } from "../../../nats/alerts/table.ts";
import type { GrafanaAlertRule, GrafanaQuery } from "../../target/grafana-operator.ts";
import { alertAnnotations, alertLabels } from "../texts.ts";
import { grafanaUid } from "./uid.ts";

/** Where the value of an alert is asked for. */
export interface DataSource {
  readonly type: "prometheus" | "loki";
  readonly uid: string;
}

/** What all rules of a region share. */
export interface RuleSettings {
  readonly region: string;
  readonly runbooks?: string | undefined;
  /** Contact point. Absent: Grafana's policies decide. */
  readonly receiver?: string | undefined;
}

/**
 * An alert as Grafana evaluates it. Query A gives the value, C compares it: a healthy system gives a value too, so that Grafana can tell
 * it from one that gives none.
 */
export function grafanaRule(alert: RegionAlert, dataSource: DataSource, settings: RuleSettings): GrafanaAlertRule {
  const { region, runbooks, receiver } = settings;
  return {
    uid: grafanaUid(region, alert.name),
    title: alert.title,
    condition: "C",
    data: [valueQuery(alert, dataSource), comparison(alert)],
    for: formatDuration(alert.forSeconds),
    noDataState: alert.noValueIs === "wrong" ? "Alerting" : "OK",
    execErrState: "Error",
    labels: alertLabels(alert, region),
    annotations: alertAnnotations(alert, runbooks),
    ...(receiver === undefined ? {} : { notificationSettings: { receiver } }),
  };
}

/** Grafana writes both into every model that lacks them (Grafana 9 to 12). */
const added = { intervalMs: 1000, maxDataPoints: 43_200 };

function valueQuery({ value }: RegionAlert, { type, uid }: DataSource): GrafanaQuery {
  const common = { refId: "A", datasource: { type, uid }, expr: value, ...added };
  const query = { refId: "A", datasourceUid: uid, relativeTimeRange: { from: 600, to: 0 } };
  return type === "loki"
    ? { ...query, queryType: "instant", model: { ...common, queryType: "instant" } }
    : { ...query, model: { ...common, instant: true, range: false } };
}

/** What Grafana calls its own expressions. */
const EXPRESSION = "__expr__";

function comparison({ wrongWhen, threshold }: RegionAlert): GrafanaQuery {
  const evaluator = { type: wrongWhen === "above" ? "gt" : "lt", params: [threshold] };
  return {
    refId: "C",
    datasourceUid: EXPRESSION,
    relativeTimeRange: { from: 0, to: 0 },
    model: {
      refId: "C",
      type: "threshold",
      datasource: { type: EXPRESSION, uid: EXPRESSION },
      expression: "A",
      conditions: [{ evaluator }],
      ...added,
    },
  };
}
