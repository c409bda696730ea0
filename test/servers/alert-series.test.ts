import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { alertsOf } from "../../nats/alerts/table.ts";
import { namedIn } from "../support/promql.ts";
import { freePort } from "./support/free-port.ts";
import { dashboardQueries, everyAlertOf, everything, startLiveSeries, type LiveSeries } from "./support/live-series.ts";
import { eventually } from "./support/monitoring.ts";
import { startNatsExporter, type NatsExporter } from "./support/nats-exporter.ts";

let series: LiveSeries;

before(async () => {
  series = await startLiveSeries();
});
after(() => series.end());

test("every series and label that an alert names is there in what real exporters tell", () => {
  const alerts = everyAlertOf(series);
  for (const { name, value } of alerts) assert.deepEqual(series.unknownIn(value), [], name);
});

test("every series and label that the dashboard names is there as well", () => {
  const queries = dashboardQueries();
  assert.ok(queries.length > 50);
  for (const { expression } of queries) assert.deepEqual(series.unknownIn(expression), []);
});

test("a letter that is wrong in the name of a series or label is found, whichever it is", () => {
  for (const { name, value } of alertsOf(series.watched.context)) {
    const { selectors, groupings } = namedIn(value);
    for (const { metric, labels } of selectors) {
      assert.notDeepEqual(series.unknownIn(value.replaceAll(metric, misspelt(metric))), [], `${name}: ${metric}`);
      for (const label of labels) {
        const wrong = value.replaceAll(new RegExp(`\\b${label}(?=!?[=~])`, "g"), misspelt(label));
        assert.notDeepEqual(series.unknownIn(wrong), [], `${name}: ${label}`);
      }
    }
    for (const label of groupings) {
      const wrong = value.replaceAll(new RegExp(`\\b${label}\\b(?=[^(]*\\) )`, "g"), misspelt(label));
      assert.notDeepEqual(series.unknownIn(wrong), [], `${name}: by ${label}`);
    }
  }
});

test("what is told of JetStream where nothing is told of streams is enough for the alerts and panels that are left", async (t) => {
  const { monitorUrl } = series.watched.region.servers[0] ?? assert.fail();
  for (const streams of ["none", "streams"] as const) {
    const exporter = startNatsExporter(monitorUrl, await freePort(), { ...everything, streams });
    t.after(() => exporter.kill());
    const told = await toldBy(exporter);
    const bare = alertsOf({ ...series.watched.context, exporter: { streams }, hasSystemExporter: false });
    assert.ok(bare.some(({ name }) => name === "NatsQuorumLost"));
    assert.ok(bare.some(({ name }) => name === "NatsAccountStorageHigh"));
    const shown = dashboardQueries({ streams, hasSystemExporter: false }).map(({ expression }) => expression);
    const asked = [...bare.map(({ value }) => value), ...shown].flatMap((query) =>
      namedIn(query).selectors.map(({ metric }) => metric),
    );
    const links = /^(?:up$|nats_(?:gatewayz|leafz|stream_(?:mirror|source))_)/;
    assert.deepEqual(
      [...new Set(asked)].filter((metric) => !links.test(metric) && !told.has(metric)),
      [],
      streams,
    );
  }
});

/** Names of all metrics that an exporter tells, once it does. */
async function toldBy({ address }: NatsExporter): Promise<Set<string>> {
  let text = "";
  await eventually("the exporter tells something", async () => {
    text = await fetch(`http://${address}/metrics`).then(
      (answer) => answer.text(),
      () => "",
    );
    return text.includes("nats_connz_limit");
  });
  return new Set(text.split("\n").map((line) => /^\w+/.exec(line)?.[0] ?? ""));
}

function misspelt(name: string): string {
  return `${name.slice(0, -1)}${name.endsWith("x") ? "y" : "x"}`;
}
