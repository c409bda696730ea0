import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { jetstream } from "@nats-io/jetstream";
import { dashboardJson } from "../../components/monitoring/dashboard/dashboard.ts";
import type { DashboardSettings } from "../../components/monitoring/dashboard/settings.ts";
import { queriesOf } from "../support/dashboard-queries.ts";
import type { AlertContext } from "../../nats/alerts/alert.ts";
import { ALERTS, alertsOf } from "../../nats/alerts/table.ts";
import { namedIn } from "../support/promql.ts";
import { connectAs } from "./support/clients.ts";
import type { ExporterCommand } from "./support/exporter.ts";
import { startLinkedServers, type LinkedServers } from "./support/linked-servers.ts";
import { freePort } from "./support/free-port.ts";
import { startNatsExporter, type NatsExporter } from "./support/nats-exporter.ts";
import { eventually } from "./support/monitoring.ts";
import { regionName } from "./support/region.ts";
import { startSystemExporter, systemTarget } from "./support/system-watch.ts";
import { addTlsListener, makeCertificate } from "./support/tls-listener.ts";
import { addStream, streamsOf } from "./support/streams.ts";
import { serverLabels, startWatched, type WatchedRegion } from "./support/watched-region.ts";

/** Everything that alerts can be on. */
const context: Partial<AlertContext> = {
  ...{ hasSystemExporter: true, hasTls: true, expected: { gateways: 1, leafnodes: 1 }, bridges: ["bridge"] },
  tokens: [{ name: "glass-jwt-mint-auth", issuedAt: 0, expiresAt: 4_000_000_000 }],
};

/** What an exporter can be asked for. */
const everything = { streams: "consumers", accounts: true, gateways: true, leafnodes: true } as const;

/** Alerts whose value a healthy region does not have, and why. */
const withoutValue: Readonly<Record<string, string>> = {
  NatsJetStreamApiErrors: "its value counts from twenty errors on",
};

const folder = mkdtempSync(join(tmpdir(), "nats-platform-series-"));
let watched: WatchedRegion;
let system: ExporterCommand;
let linked: LinkedServers;
/** Labels of every series that is scraped, by metric. */
let live: ReadonlyMap<string, ReadonlySet<string>>;

before(async () => {
  const certificate = await makeCertificate(folder, 90);
  watched = await startWatched({
    ...{ context, scrapeSeconds: 0.5 },
    add: (stack) => {
      addTlsListener(stack, certificate);
    },
  });
  system = await startSystemExporter(watched.region, ["bridge"]);
  watched.scrape(systemTarget(system));
  linked = await startLinkedServers(join(folder, "linked"));
  watched.scrape({ address: linked.exporter.address, labels: serverLabels("linked-0") });
  await putLoad();
  let missing: string[] = [];
  const isComplete = async () => {
    missing = await alertsWithoutValue();
    return missing.length === 0 && (await watched.prometheus.query("nats_consumer_last_ack_seconds")).length > 0;
  };
  await eventually("every alert has a value", isComplete, 40).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${missing.join(", ")}`);
  });
  live = await liveLabels();
});
after(async () => {
  await system.end();
  await linked.end();
  await watched.end();
  rmSync(folder, { recursive: true });
});

test("every series and label that an alert names is there in what real exporters tell", () => {
  const alerts = alertsOf(watched.context);
  assert.equal(alerts.length, ALERTS.length, "an alert of every kind applies");
  for (const { name, value } of alerts) assert.deepEqual(unknownIn(value), [], name);
});

test("every series and label that the dashboard names is there as well", () => {
  const queries = shownWith({});
  assert.ok(queries.length > 50);
  for (const query of queries) assert.deepEqual(unknownIn(query), []);
});

test("a letter that is wrong in the name of a series or label is found, whichever it is", () => {
  for (const { name, value } of alertsOf(watched.context)) {
    const { selectors, groupings } = namedIn(value);
    for (const { metric, labels } of selectors) {
      assert.notDeepEqual(unknownIn(value.replaceAll(metric, misspelt(metric))), [], `${name}: ${metric}`);
      for (const label of labels) {
        const wrong = value.replaceAll(new RegExp(`\\b${label}(?=!?=)`, "g"), misspelt(label));
        assert.notDeepEqual(unknownIn(wrong), [], `${name}: ${label}`);
      }
    }
    for (const label of groupings) {
      const wrong = value.replaceAll(new RegExp(`\\b${label}\\b(?=[^(]*\\) )`, "g"), misspelt(label));
      assert.notDeepEqual(unknownIn(wrong), [], `${name}: by ${label}`);
    }
  }
});

test("what is told of JetStream where nothing is told of streams is enough for the alerts and panels that are left", async (t) => {
  const { monitorUrl } = watched.region.servers[0] ?? assert.fail();
  for (const streams of ["none", "streams"] as const) {
    const exporter = startNatsExporter(monitorUrl, await freePort(), { ...everything, streams });
    t.after(() => exporter.kill());
    const told = await toldBy(exporter);
    const bare = alertsOf({ ...watched.context, exporter: { streams }, hasSystemExporter: false });
    assert.ok(bare.some(({ name }) => name === "NatsQuorumLost"));
    assert.ok(bare.some(({ name }) => name === "NatsAccountStorageHigh"));
    const shown = shownWith({ streams, hasSystemExporter: false });
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

/** Queries of the dashboard of a region that tells everything but for this. */
function shownWith(changed: Partial<DashboardSettings>): string[] {
  const all = { ...everything, isClustered: true, hasSystemExporter: true };
  const settings = { ...all, region: regionName, dataSource: "prometheus", scrapeSeconds: 15, ...changed };
  return queriesOf(dashboardJson(settings)).map(({ expression }) => expression.replaceAll(/\$__\w+/g, "5m"));
}

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

/** What an expression names that no series has. */
function unknownIn(expression: string): string[] {
  const { selectors, groupings } = namedIn(expression);
  const labelsOf = (metric: string) => live.get(metric) ?? new Set<string>();
  const known = new Set(selectors.flatMap(({ metric }) => [...labelsOf(metric)]));
  return [
    ...selectors.filter(({ metric }) => !live.has(metric)).map(({ metric }) => metric),
    ...selectors.flatMap(({ metric, labels }) =>
      labels.filter((label) => !labelsOf(metric).has(label)).map((label) => `${metric}{${label}}`),
    ),
    ...groupings.filter((label) => !known.has(label)),
  ];
}

function misspelt(name: string): string {
  return `${name.slice(0, -1)}${name.endsWith("x") ? "y" : "x"}`;
}

async function alertsWithoutValue(): Promise<string[]> {
  const names = alertsOf(watched.context)
    .filter(({ name }) => !Object.hasOwn(withoutValue, name))
    .map(async ({ name, value }) => ((await watched.prometheus.query(value)).length > 0 ? [] : [name]));
  return (await Promise.all(names)).flat();
}

async function liveLabels(): Promise<Map<string, Set<string>>> {
  const found = new Map<string, Set<string>>();
  for (const { labels } of await watched.prometheus.query(`{nats_cluster="${regionName}"}`)) {
    const { __name__: name = "", ...others } = labels;
    const known = found.get(name) ?? new Set<string>();
    found.set(name, known);
    for (const label of Object.keys(others)) known.add(label);
  }
  return found;
}

/** Streams with and without replicas, a mirror, a source, and a consumer for which messages wait. */
async function putLoad(): Promise<void> {
  const { region } = watched;
  const connection = await connectAs(region, "SERVICES", "orders");
  const manager = await streamsOf(connection);
  await addStream(manager, { name: "ORDERS", subjects: ["orders.>"], num_replicas: 3 });
  await manager.streams.add({ name: "MIRROR", mirror: { name: "ORDERS" }, num_replicas: 1 });
  await manager.streams.add({ name: "SOURCED", sources: [{ name: "ORDERS" }], num_replicas: 1 });
  await manager.consumers.add("ORDERS", { durable_name: "shipping", ack_policy: "explicit" });
  const client = jetstream(connection);
  for (let number = 0; number < 3; number++) await client.publish("orders.new", String(number));
  await (await (await client.consumers.get("ORDERS", "shipping")).next())?.ackAck();
  await connection.close();
}
