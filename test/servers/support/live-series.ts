import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jetstream } from "@nats-io/jetstream";
import { until } from "../../../cli/local/health.ts";
import { dashboardJson } from "../../../components/monitoring/dashboard/dashboard.ts";
import type { DashboardSettings } from "../../../components/monitoring/dashboard/settings.ts";
import type { AlertContext } from "../../../nats/alerts/alert.ts";
import { ALERTS, alertsOf, type RegionAlert } from "../../../nats/alerts/table.ts";
import { queriesOf, type PanelQuery } from "../../support/dashboard-queries.ts";
import { namedIn } from "../../support/promql.ts";
import { connectAs } from "./clients.ts";
import { startLinkedServers, type LinkedServers } from "./linked-servers.ts";
import { eventually } from "./monitoring.ts";
import { connectPhone, platformWithPhones } from "./phones.ts";
import { regionName, type TestRegion } from "./region.ts";
import { addStream, streamsOf } from "./streams.ts";
import { startSystemExporter, systemTarget } from "./system-watch.ts";
import { addTlsListener, makeCertificate } from "./tls-listener.ts";
import { serverLabels, startWatched, type WatchedRegion } from "./watched-region.ts";

/** A region with everything that alerts and dashboard can be on, and what its exporters tell. */
export interface LiveSeries {
  readonly watched: WatchedRegion;
  /** Those with a gateway and a leaf node, which are scraped as if they were the region's. */
  readonly linked: LinkedServers;
  /** What an expression names that no series has. */
  unknownIn(expression: string): string[];
  end(): Promise<void>;
}

/** What to start. */
export interface LiveSettings {
  /** The nats-server to run, where it is not the present one. */
  readonly executable?: string;
}

/** Everything that alerts can be on, and that is to be had without a kubelet. */
const context: Partial<AlertContext> = {
  ...{ hasSystemExporter: true, hasTls: true, expected: { gateways: 1, leafnodes: 1 }, bridges: ["bridge"] },
  ...{ hasMqtt: true, keepsMqttConsumers: true },
  tokens: [{ name: "glass-jwt-mint-auth", issuedAt: 0, expiresAt: 4_000_000_000 }],
};

/** What an exporter can be asked for. */
export const everything = { streams: "consumers", accounts: true, gateways: true, leafnodes: true } as const;

/** Alerts whose value a healthy region does not have, and why. */
const withoutValue: Readonly<Record<string, string>> = {
  NatsJetStreamApiErrors: "its value counts from twenty errors on",
};

/** Starts it, and resolves when every alert has a value. */
export async function startLiveSeries({ executable }: LiveSettings = {}): Promise<LiveSeries> {
  const ends: (() => unknown)[] = [];
  const end = async () => {
    for (const it of ends.splice(0).reverse()) await it();
  };
  try {
    const folder = mkdtempSync(join(tmpdir(), "nats-platform-series-"));
    ends.push(() => {
      rmSync(folder, { recursive: true });
    });
    const certificate = await makeCertificate(folder, 90);
    const watched = await startWatched({
      ...{ context, scrapeSeconds: 0.5, run: { platform: platformWithPhones() } },
      ...(executable === undefined ? {} : { executable }),
      add: (stack) => {
        addTlsListener(stack, certificate);
      },
    });
    ends.push(() => watched.end());
    const system = await startSystemExporter(watched.region, ["bridge"]);
    ends.push(() => system.end());
    watched.scrape(systemTarget(system));
    const linked = await startLinkedServers(join(folder, "linked"), executable);
    ends.push(() => linked.end());
    watched.scrape({ address: linked.exporter.address, labels: serverLabels("linked-0") });
    await putLoad(watched.region);
    const phone = await connectPhone(watched.region, "phone", { keepsSession: true });
    ends.push(() => {
      phone.close();
    });
    phone.subscribe("sensors/#");
    const unvalued = Object.keys(withoutValue);
    let missing: string[] = [];
    const isComplete = async () => {
      missing = (await alertsWithoutValue(watched)).filter((name) => !unvalued.includes(name));
      return missing.length === 0;
    };
    await eventually("every alert has a value", isComplete, 40).catch((error: unknown) => {
      throw new Error(`${String(error)}: ${missing.join(", ")}`);
    });
    // Links come up at their own time, and an alert may have a value without them. What never comes is for the tests to name.
    const asked = [
      ...alertsOf(watched.context).map(({ value }) => value),
      ...dashboardQueries().map(({ expression }) => expression),
    ];
    let live = await liveLabels(watched);
    const isKnown = async () => {
      live = await liveLabels(watched);
      return asked.every((expression) => unknownIn(live, expression).length === 0);
    };
    await until(Date.now() + 40_000, isKnown);
    return { watched, linked, unknownIn: (expression) => unknownIn(live, expression), end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Alerts on what a kubelet tells: see test/cluster/applied.test.ts. */
const ofKubelets = ["NatsVolumeFull"];

/** The alerts of the region: all that there are, but for those on what a kubelet tells. */
export function everyAlertOf({ watched }: LiveSeries): RegionAlert[] {
  const alerts = alertsOf(watched.context);
  const others = ALERTS.map(({ name }) => name).filter((name) => !alerts.some((alert) => alert.name === name));
  assert.deepEqual(others, ofKubelets);
  return alerts;
}

/** Queries of a dashboard with every row, but for what is changed, as Prometheus takes them. */
export function dashboardQueries(changed: Partial<DashboardSettings> = {}): PanelQuery[] {
  const all = { ...everything, isClustered: true, hasSystemExporter: true };
  const json = dashboardJson({ ...all, region: regionName, dataSource: "prometheus", scrapeSeconds: 15, ...changed });
  return queriesOf(json).map((query) => ({ ...query, expression: query.expression.replaceAll(/\$__\w+/g, "5m") }));
}

function unknownIn(live: ReadonlyMap<string, ReadonlySet<string>>, expression: string): string[] {
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

async function alertsWithoutValue({ context: its, prometheus }: WatchedRegion): Promise<string[]> {
  const names = alertsOf(its).map(async ({ name, value }) =>
    (await prometheus.query(value)).length > 0 ? [] : [name],
  );
  return (await Promise.all(names)).flat();
}

/** Labels of every series that is scraped, by metric. */
async function liveLabels({ prometheus }: WatchedRegion): Promise<Map<string, Set<string>>> {
  const found = new Map<string, Set<string>>();
  for (const { labels } of await prometheus.query(`{nats_cluster="${regionName}"}`)) {
    const { __name__: name = "", ...others } = labels;
    const known = found.get(name) ?? new Set<string>();
    found.set(name, known);
    for (const label of Object.keys(others)) known.add(label);
  }
  return found;
}

/** Streams with and without replicas, a mirror, a source, and a consumer for which messages wait. */
async function putLoad(region: TestRegion): Promise<void> {
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
