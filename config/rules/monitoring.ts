import { grafanaSeconds } from "../../nats/alerts/groups.ts";
import { formatDuration } from "../durations.ts";
import { type Finding, type Path } from "../problem.ts";
import type { MonitoringSettings } from "../schema.ts";
import type { Rule } from "./rule.ts";

/** Settings of monitoring that must fit each other. */
export const monitoring: Rule = function* ({ regions }) {
  for (const [region, { monitoring: settings }] of Object.entries(regions)) {
    if (settings?.grafana === undefined) continue;
    const path = ["regions", region, "monitoring"];
    if (settings.grafana.contactPoint !== undefined && settings.grafana.receiver === undefined) {
      const allowed = "a contact point is made under the name in receiver, and there is none";
      yield { path: [...path, "grafana", "contactPoint"], found: "a contact point", allowed };
    }
    if (settings.grafana.alerts) yield* tooShort(settings.alerts, [...path, "alerts"]);
  }
};

/** Grafana refuses an alert that fires between two evaluations. */
function* tooShort(alerts: MonitoringSettings["alerts"], path: Path): Generator<Finding> {
  for (const [name, change] of Object.entries(alerts)) {
    const seconds = change?.for ?? 0;
    const interval = grafanaSeconds(name);
    if (seconds === 0 || seconds >= interval) continue;
    const each = formatDuration(interval);
    const allowed = `Grafana evaluates this alert each ${each}: 0s, or ${each} or more`;
    yield { path: [...path, name, "for"], found: formatDuration(seconds), allowed };
  }
}
