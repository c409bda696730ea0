import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conditionOf, type RegionAlert } from "../../../../nats/alerts/table.ts";
import { run } from "../../../../tools/run.ts";
import { binary } from "../../binaries.ts";
import { samplesOf, STEP, type Series, type Timeline } from "./timeline.ts";

/** A rule of Prometheus. */
export interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What has to fire at a time. */
export interface Expectation {
  readonly at: number;
  readonly alert: string;
  readonly fires: readonly { readonly labels: Readonly<Record<string, string>>; readonly summary?: string }[];
}

/** The rule of an alert. */
export function ruleOf(alert: RegionAlert): Rule {
  const { name, severity, forSeconds, summary } = alert;
  return {
    ...{ alert: name, expr: conditionOf(alert), for: `${forSeconds}s` },
    ...{ labels: { severity }, annotations: { summary } },
  };
}

/** A rule that tells of an expression only whether it has any result: one alert without labels. */
export function anyOf(alert: string, expression: string, forSeconds: number): Rule {
  return { alert, expr: `count(${expression}) > 0`, for: `${forSeconds}s` };
}

/** Lets promtool evaluate rules on series, and fails with what it says if something else fires than is expected. */
export async function prove(
  rules: readonly Rule[],
  series: readonly Series[],
  timeline: Timeline,
  expected: readonly Expectation[],
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "nats-alert-rules-"));
  try {
    // JSON is YAML.
    await writeFile(join(folder, "rules.yml"), JSON.stringify({ groups: [{ name: "proof", rules }] }));
    const alerts = expected.map(({ at, alert, fires }) => ({
      ...{ eval_time: `${at}s`, alertname: alert },
      exp_alerts: fires.map(({ labels, summary }) => ({
        exp_labels: labels,
        ...(summary === undefined ? {} : { exp_annotations: { summary } }),
      })),
    }));
    const input = series.map((each) => ({ series: selectorOf(each), values: samplesOf(each, timeline) }));
    const tests = [{ interval: `${STEP}s`, input_series: input, alert_rule_test: alerts }];
    const file = { rule_files: ["rules.yml"], evaluation_interval: `${STEP}s`, tests };
    await writeFile(join(folder, "test.yml"), JSON.stringify(file));
    const { code, stdout, stderr } = await run(binary("promtool"), ["test", "rules", "test.yml"], { cwd: folder });
    assert.equal(code, 0, `${stdout}${stderr}`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function selectorOf({ name, labels }: Series): string {
  return `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(",")}}`;
}
