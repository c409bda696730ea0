import type { RegionAlert } from "./table.ts";

/** Alerts that are evaluated one after the other, equally often. */
export interface AlertGroup {
  readonly name: string;
  readonly intervalSeconds: number;
  readonly alerts: readonly RegionAlert[];
}

/** Alerts that come so soon that they are looked at more often than the others, in a group of their own. */
const urgent: readonly string[] = ["NatsQuorumLost"];

/** Grafana's clock ticks each 10 seconds: it takes multiples only. */
const URGENT_SECONDS = 10;

/** How often Grafana evaluates the other alerts: each is a query of its own. */
const UNHURRIED_SECONDS = 60;

/** The groups in which Prometheus evaluates alerts. It does so at each scrape: more often there is nothing new. */
export function prometheusGroups(alerts: readonly RegionAlert[], scrapeSeconds: number): AlertGroup[] {
  return groups(alerts, scrapeSeconds);
}

/** The groups in which Grafana evaluates alerts. */
export function grafanaGroups(alerts: readonly RegionAlert[]): AlertGroup[] {
  return groups(alerts, UNHURRIED_SECONDS);
}

/** Seconds between two evaluations of an alert in Grafana. */
export function grafanaSeconds(alert: string): number {
  return urgent.includes(alert) ? URGENT_SECONDS : UNHURRIED_SECONDS;
}

/** None is empty: the Grafana operator takes no empty one. */
function groups(alerts: readonly RegionAlert[], intervalSeconds: number): AlertGroup[] {
  const isUrgent = ({ name }: RegionAlert) => urgent.includes(name);
  return [
    { name: "quorum", intervalSeconds: URGENT_SECONDS, alerts: alerts.filter(isUrgent) },
    { name: "alerts", intervalSeconds, alerts: alerts.filter((alert) => !isUrgent(alert)) },
  ].filter((group) => group.alerts.length > 0);
}
