import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDuration } from "../../../../config/durations.ts";
import { platformOf as stack } from "../../../support/program.ts";
import { madeBy, ofKind } from "./watched.ts";

// The five alerts that operations ask for, as Grafana gets them in the dev stack. Prometheus gets the same (grafana.test.ts).
const asked = [
  ["NATS JetStream Storage High", "critical", "gt", 0.8, "5m"],
  ["NATS Cluster Quorum Lost", "critical", "lt", 2, "30s"],
  ["NATS Slow Consumers", "warning", "gt", 0, "5m"],
  ["NATS Authentication Errors", "warning", "gt", 1, "5m"],
  ["NATS High Connection Count", "warning", "gt", 1000, "5m"],
] as const;

for (const [title, severity, comparison, threshold, duration] of asked) {
  test(`the dev stack has the alert: ${title}`, async () => {
    const groups = ofKind(await madeBy(stack("dev")), "GrafanaAlertRuleGroup");
    const rule = groups.flatMap(({ spec }) => spec.rules).find((it) => it.title === title);
    assert.ok(rule);
    const { conditions } = rule.data[1]?.model as { conditions: unknown };
    assert.deepEqual(conditions, [{ evaluator: { type: comparison, params: [threshold] } }]);
    assert.deepEqual([rule.labels.severity, rule.for], [severity, duration]);
    const interval = groups.find(({ spec }) => spec.rules.includes(rule))?.spec.interval ?? "";
    assert.ok((parseDuration(interval) ?? Infinity) <= (parseDuration(duration) ?? 0));
  });
}
