import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { dashboardJson } from "../../components/monitoring/dashboard/dashboard.ts";
import { choicesOf, queriesOf } from "../support/dashboard-queries.ts";
import { filledIn } from "../../tools/picture/filled-in.ts";
import { startLoaded, type LoadedRegion } from "./support/loaded-region.ts";
import { becomes, eventually } from "./support/monitoring.ts";
import type { Prometheus, Sample } from "./support/prometheus.ts";
import { sameWhenScrapedTwice } from "./support/scraped-twice.ts";

const scrapeSeconds = 1;

/** Panels that have nothing to show in a healthy dev region, and why. */
const rightlyEmpty: Readonly<Record<string, string>> = {
  Gateways: "there is one cluster",
  "Gateway messages": "there is one cluster",
  "Gateway bytes": "there is one cluster",
  "Gateway round trip": "there is one cluster",
  "Gateway backlog": "there is one cluster",
  "Leaf node messages": "no leaf node is connected",
  "Leaf node bytes": "no leaf node is connected",
  "Leaf node round trip": "no leaf node is connected",
  Certificates: "the servers of the dev stack have none",
};

let loaded: LoadedRegion;

before(async () => {
  loaded = await startLoaded(scrapeSeconds);
});
after(() => loaded.end());

test("every query of the dashboard is understood by Prometheus, and has data where there is something to see", async () => {
  const { watched, load, dashboard } = loaded;
  await load.idle(6);
  await loaded.failLogin();
  const json = dashboardJson(dashboard);
  const queries = queriesOf(json).filter(({ panel }) => !Object.hasOwn(rightlyEmpty, panel));
  assert.ok(queries.length > 50);
  let empty: unknown[] = [];
  await eventually(
    "every query has data",
    async () => {
      await load.round(60);
      const answers = await Promise.all(queries.map((query) => ask(watched.prometheus, query.expression)));
      empty = queries.filter((_, index) => !hasData(answers[index] ?? []));
      return empty.length === 0;
    },
    120,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${JSON.stringify(empty, undefined, 1)}`);
  });
});

test("nothing is counted twice where two instances of Prometheus scrape, and what both tell is asked for in one place", async () => {
  const { watched, load, dashboard } = loaded;
  await load.round(60);
  for (const { panel, expression } of queriesOf(dashboardJson(dashboard)))
    await sameWhenScrapedTwice(watched.prometheus, filledIn(expression, { scrapeSeconds }), panel);
});

test("panels that are said to be empty in the dev region are", async () => {
  const { watched, dashboard } = loaded;
  const queries = queriesOf(dashboardJson(dashboard)).filter(({ panel }) => Object.hasOwn(rightlyEmpty, panel));
  for (const { panel, expression } of queries) {
    assert.deepEqual(await ask(watched.prometheus, expression), [], panel);
  }
});

test("servers, accounts and streams can be chosen, and only those that are chosen are shown", async () => {
  const { watched, dashboard } = loaded;
  const json = dashboardJson(dashboard);
  const values = async (choice: string) => {
    const { series, label } = choicesOf(json).find(({ name }) => name === choice) ?? assert.fail(choice);
    const found = await ask(watched.prometheus, `count by (${label}) (${series})`);
    return found.map(({ labels }) => labels[label] ?? "").sort();
  };
  // Where a scrape took too long, nothing is there of its server until the next one.
  await becomes(() => values("pod"), ["nats-0", "nats-1", "nats-2"]);
  await becomes(() => values("account"), ["$G", "IOT", "SERVICES", "SYS"]);
  for (const stream of ["ORDERS", "$MQTT_sess"])
    await eventually(stream, async () => (await values("stream")).includes(stream));

  const shown = async (panel: string, chosen: Record<string, string>, label: string) => {
    const { expression = "" } = queriesOf(json).find((query) => query.panel === panel) ?? {};
    const found = await watched.prometheus.query(filledIn(expression, { scrapeSeconds, chosen }));
    return [...new Set(found.map(({ labels }) => labels[label]))].sort();
  };
  await becomes(() => shown("CPU", { pod: "(nats-0|nats-2)" }, "pod"), ["nats-0", "nats-2"]);
  await becomes(() => shown("Lag", { account: "SERVICES", stream: "ORDERS" }, "stream_name"), ["ORDERS"]);
  assert.deepEqual(await shown("Sessions", { account: "SERVICES" }, "account_name"), []);
});

test("nothing is shown of a server that is dead, though its exporter goes on telling", async () => {
  const { watched, dashboard } = loaded;
  const { expression = "" } = queriesOf(dashboardJson(dashboard)).find(({ panel }) => panel === "Memory") ?? {};
  const pods = async (asked: string) => (await ask(watched.prometheus, asked)).map(({ labels }) => labels.pod).sort();
  const pod = watched.pods[2] ?? assert.fail();
  await becomes(() => pods(expression), ["nats-0", "nats-1", "nats-2"]);
  await pod.killServer();
  await becomes(() => pods(expression), ["nats-0", "nats-1"]);
  await becomes(() => pods("nats_varz_mem"), ["nats-0", "nats-1", "nats-2"]);
  await pod.restore();
});

/** Asks what Grafana would ask with everything chosen. */
function ask(prometheus: Prometheus, expression: string): Promise<Sample[]> {
  return prometheus.query(filledIn(expression, { scrapeSeconds }));
}

function hasData(samples: readonly Sample[]): boolean {
  return samples.length > 0 && samples.every(({ value }) => !Number.isNaN(value));
}
