import { conditionOf, type RegionAlert } from "../../../nats/alerts/table.ts";

/** A rule as Prometheus reads it. */
export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Alerts whose threshold is a time that passes while the fault lasts, so that it is scaled with the rest. */
const timedThresholds: readonly string[] = ["NatsConsumerStuck", "NatsMirrorDisconnected"];

/** The rules of a region. */
export function rulesOf(alerts: readonly RegionAlert[]): AlertingRule[] {
  return alerts.map((alert) => ({
    alert: alert.name,
    expr: conditionOf(alert),
    for: `${String(alert.forSeconds)}s`,
    labels: { severity: alert.severity },
  }));
}

/**
 * The same rule in a world in which everything happens `factor` times as fast: `for`, the ranges such as `[5m]`, and a threshold that is
 * itself a duration are divided by it. Nothing else is touched. What the servers take their time for (elections, lame duck) is not scaled
 * with it: such tests use the true rules.
 */
export function scaled(rule: AlertingRule, factor: number): AlertingRule {
  const divide = (seconds: number) => `${String(Math.round((seconds * 1000) / factor))}ms`;
  const ranges = rule.expr.replace(/\[[^\]]+\]/g, (range) =>
    range.replace(/\d+[smhd]/g, (duration) => divide(secondsOf(duration))),
  );
  const expr = timedThresholds.includes(rule.alert)
    ? ranges.replace(/(\d+)$/, (threshold) => String(Number(threshold) / factor))
    : ranges;
  return { ...rule, expr, for: divide(secondsOf(rule.for)) };
}

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

function secondsOf(duration: string): number {
  return Number(duration.slice(0, -1)) * (units[duration.slice(-1)] ?? Number.NaN);
}
