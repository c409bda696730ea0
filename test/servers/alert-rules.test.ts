import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AlertContext } from "../../nats/alerts/alert.ts";
import { CLUSTER_LABEL, COMPONENT_LABEL } from "../../nats/alerts/series.ts";
import { ALERTS, alertsOf, conditionOf, type RegionAlert } from "../../nats/alerts/table.ts";
import { surveyorLabels } from "../support/surveyor-labels.ts";
import { connectionProofs } from "./support/alert-proofs/connections.ts";
import { consumerProofs } from "./support/alert-proofs/consumers.ts";
import { jetStreamLoadProofs } from "./support/alert-proofs/jetstream-load.ts";
import { jetStreamProofs } from "./support/alert-proofs/jetstream.ts";
import { linkProofs } from "./support/alert-proofs/links.ts";
import { membershipProofs } from "./support/alert-proofs/membership.ts";
import { mqttProofs } from "./support/alert-proofs/mqtt.ts";
import { anyOf, prove, ruleOf, type Expectation } from "./support/alert-proofs/promtool.ts";
import type { AlertProof } from "./support/alert-proofs/proof.ts";
import { answers, region } from "./support/alert-proofs/series.ts";
import { serverProofs } from "./support/alert-proofs/servers.ts";
import { STEP, timelineOf, type Series } from "./support/alert-proofs/timeline.ts";
import { volumeProofs } from "./support/alert-proofs/volumes.ts";

/** Label that tells the instances of Prometheus apart, where two of them scrape the same. */
const REPLICA = "prometheus_replica";

const proofs = [
  ...[...serverProofs, ...membershipProofs, ...connectionProofs],
  ...[...jetStreamProofs, ...jetStreamLoadProofs, ...volumeProofs, ...consumerProofs, ...mqttProofs, ...linkProofs],
];

test("every alert is proven", () => {
  const names = new Set(proofs.map(({ alert }) => alert));
  assert.deepEqual([...names].sort(), ALERTS.map(({ name }) => name).sort());
});

for (const proof of proofs) {
  const { windowSeconds = 0, lateSeconds = 0 } = proof;
  const timeline = timelineOf(usual(proof), windowSeconds);
  const { wrongAt, rightAgainAt } = timeline;
  const own = { ...proof.context, ...proof.contextAt?.(timeline) };
  const alert = alertIn(proof, own);
  const { name, forSeconds } = alert;
  const series = proof.series(timeline);
  const others = proof.elsewhere?.() ?? series.map(opposite);
  const everywhere = [...series, ...others.map(elsewhere)];

  const fires = proof.labels.map((labels) => ({
    labels: { ...labels, severity: alert.severity },
    summary: filled(alert.summary, labels),
  }));
  const firing = (at: number): Expectation => ({ at, alert: name, fires });
  const silent = (at: number): Expectation => ({ at, alert: name, fires: [] });

  describe(proof.variant === undefined ? name : `${name}, ${proof.variant}`, () => {
    const begins = wrongAt + lateSeconds + forSeconds;

    test("it fires when the value has been wrong for its time, and not one evaluation earlier", () =>
      prove([ruleOf(alert)], everywhere, timeline, [silent(begins - STEP), firing(begins)]));

    test("it is silent as long as the value is on the right side of the threshold", () =>
      prove([ruleOf(alert)], everywhere, timeline, [silent(forSeconds), silent(wrongAt - STEP)]));

    test("it resolves when the value is right again, and not earlier", async () => {
      const resolved = silent(rightAgainAt + windowSeconds);
      if (proof.resolvedBy === undefined)
        await prove([ruleOf(alert)], everywhere, timeline, [firing(rightAgainAt - STEP), resolved]);
      else {
        await prove([ruleOf(alert)], everywhere, timeline, [firing(rightAgainAt - STEP)]);
        await prove([ruleOf(alertIn(proof, proof.resolvedBy(timeline)))], everywhere, timeline, [resolved]);
      }
    });

    test(`no value means that something is ${alert.noValueIs}`, () => {
      const vanishing = series.map((each) => ({ ...each, wrong: "gone", after: "gone" }) as const);
      const at = wrongAt + forSeconds;
      return prove([ruleOf(alert)], vanishing, timeline, [alert.noValueIs === "wrong" ? firing(at) : silent(at)]);
    });

    test("it is no other where two instances of Prometheus scrape, and what both tell is asked for in one place", () => {
      const both = everywhere.flatMap((each) => [each, { ...each, labels: { ...each.labels, [REPLICA]: "other" } }]);
      return prove([ruleOf(alert)], both, timeline, [silent(wrongAt - STEP), silent(begins - STEP), firing(begins)]);
    });

    test("what Surveyor tells of the same servers changes nothing, whatever it is", async () => {
      const both = [...series, ...others.map(fromSurveyor)];
      const resolved = proof.resolvedBy === undefined ? [silent(rightAgainAt + windowSeconds)] : [];
      await prove([ruleOf(alert)], both, timeline, [silent(wrongAt - STEP), firing(begins), ...resolved]);
    });

    if (proof.leavesOutTheDead)
      test("a server that answers no more is left out, whatever its exporter goes on telling", () => {
        const dead = series.map((each) => (isAnswer(each) ? { ...each, wrong: "gone" as const } : each));
        return prove([ruleOf(alert)], dead, timeline, [silent(begins), silent(rightAgainAt - STEP)]);
      });

    for (const naive of proof.naive)
      test(`the naive ${naive.expression} is wrong: ${naive.fault}`, () => {
        const ends = { right: wrongAt, wrong: rightAgainAt, after: timeline.end };
        const at = ends[naive.at] - STEP;
        const rules = [anyOf("Naive", naive.expression, forSeconds), anyOf("Ours", conditionOf(alert), forSeconds)];
        const verdict = (rule: string, does: boolean) => ({ at, alert: rule, fires: does ? [{ labels: {} }] : [] });
        return prove(rules, naive.series ?? series, timeline, [
          verdict("Naive", naive.fires),
          verdict("Ours", !naive.fires),
        ]);
      });
  });
}

function usual({ alert: name }: AlertProof): { forSeconds: number } {
  const alert = ALERTS.find((each) => each.name === name);
  assert.ok(alert, `${name}: there is no such alert`);
  return alert;
}

function alertIn({ alert: name, change = {} }: AlertProof, own: Partial<AlertContext>): RegionAlert {
  const alert = alertsOf({ ...region, ...own }, { [name]: change }).find((each) => each.name === name);
  assert.ok(alert, `${name}: it does not apply to the region of its proof`);
  return alert;
}

function opposite({ right, wrong, ...series }: Series): Series {
  return { ...series, right: wrong, wrong: right };
}

function elsewhere(series: Series): Series {
  return { ...series, labels: { ...series.labels, [CLUSTER_LABEL]: "elsewhere" } };
}

/** The series as it would be if Surveyor told it: all its labels, but those that Prometheus gives to what it scrapes from there. */
function fromSurveyor({ labels, ...series }: Series): Series {
  const { [CLUSTER_LABEL]: _, [COMPONENT_LABEL]: __, ...own } = labels;
  const target = { container: "surveyor", job: "nats/nats-surveyor", ...surveyorLabels(region.region) };
  return { ...series, labels: { ...own, ...target } };
}

/** Whether it is the series by which a server is known to answer. */
function isAnswer({ name }: Series): boolean {
  return name === answers(0).name;
}

/** A summary with the labels filled in. Prometheus leaves a gap where there is no such label. */
function filled(summary: string, labels: Readonly<Record<string, string>>): string {
  return summary.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => {
    assert.ok(labels[label] !== undefined, `${summary}: found no label ${label}`);
    return labels[label];
  });
}
