import { parseDuration } from "../../../config/durations.ts";
import { prometheusRule } from "../../../components/monitoring/prometheus-rule.ts";
import type { PrometheusAlert } from "../../../components/target/prometheus-operator.ts";
import type { AlertContext } from "../../../nats/alerts/alert.ts";
import { alertsOf, type AlertChange } from "../../../nats/alerts/table.ts";

/** A group of rules as Prometheus reads it from a file. */
export interface RuleGroup {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly PrometheusAlert[];
}

/** Alerts whose threshold is a time that passes while the fault lasts, so that it is scaled with the rest. */
const timedThresholds: readonly string[] = ["NatsConsumerStuck", "NatsMirrorDisconnected"];

/** The rules of a region, as its PrometheusRule has them. */
export function rulesOf(context: AlertContext, changes: Readonly<Record<string, AlertChange>> = {}): RuleGroup[] {
  const { region, scrapeSeconds } = context;
  const alerts = alertsOf(context, changes);
  const { spec } = prometheusRule({ region, namespace: "nats", alerts, scrapeSeconds, labels: {} });
  return spec.groups;
}

/**
 * The same rules in a world in which everything happens `factor` times as fast: intervals, `for`, ranges such as `[5m]`, and thresholds
 * that are themselves durations are divided by it. Nothing else is touched. What the servers take their time for (elections, lame duck) is
 * not scaled with it: where that matters the true rules are used.
 */
export function scaled(groups: readonly RuleGroup[], factor: number): RuleGroup[] {
  if (factor === 1) return [...groups];
  const divided = (duration: string) => `${String(Math.round((secondsOf(duration) * 1000) / factor))}ms`;
  const rule = (it: PrometheusAlert): PrometheusAlert => {
    const expr = it.expr.replace(/\[[^\]]+\]/g, (range) => range.replace(/\d+[smhd]/g, divided));
    const isTimed = timedThresholds.includes(it.alert);
    return {
      ...it,
      expr: isTimed ? expr.replace(/\d+$/, (seconds) => String(Number(seconds) / factor)) : expr,
      for: divided(it.for),
    };
  };
  return groups.map((group) => ({ ...group, interval: divided(group.interval), rules: group.rules.map(rule) }));
}

function secondsOf(duration: string): number {
  const seconds = parseDuration(duration);
  if (seconds === undefined) throw new Error(`${duration} is no duration`);
  return seconds;
}
