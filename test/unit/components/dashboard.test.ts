import assert from "node:assert/strict";
import { test } from "node:test";
import { dashboardJson, dashboardUid } from "../../../components/monitoring/dashboard/dashboard.ts";
import { queriesOf } from "../../support/dashboard-queries.ts";
import type { DashboardSettings } from "../../../components/monitoring/dashboard/settings.ts";
import { METRIC_PREFIX, SYSTEM_PREFIX } from "../../../nats/alerts/series.ts";

/** What the tests look at in Grafana's JSON. */
interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly {
    readonly id: number;
    readonly type: string;
    readonly title: string;
    readonly description?: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly datasource?: { readonly type: string; readonly uid: string };
    readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
    readonly targets?: readonly {
      readonly refId: string;
      readonly expr: string;
      readonly interval?: string;
      readonly datasource: { readonly uid: string };
    }[];
  }[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query: { readonly query: string } }[];
  };
}

const everything: DashboardSettings = {
  region: "eu-east",
  isClustered: true,
  dataSource: "prometheus",
  scrapeSeconds: 30,
  streams: "consumers",
  accounts: true,
  gateways: true,
  leafnodes: true,
  hasSystemExporter: true,
  kubelet: { namespace: "nats", labels: { cluster: "eu-east" } },
  lokiUid: "loki",
};

const nothing: DashboardSettings = {
  ...{ region: "eu-east", isClustered: true, dataSource: "prometheus", scrapeSeconds: 30, streams: "none" },
  ...{ accounts: false, gateways: false, leafnodes: false, hasSystemExporter: false },
};

/** Every combination of what an exporter may tell. */
const combinations: DashboardSettings[] = (["none", "streams", "consumers"] as const).flatMap((streams) =>
  Array.from({ length: 64 }, (_, bits) => {
    const is = (bit: number) => (bits & (1 << bit)) !== 0;
    return {
      ...{ region: "eu-east", isClustered: is(5), dataSource: "prometheus", scrapeSeconds: 30, streams },
      ...{ accounts: is(0), gateways: is(1), leafnodes: is(2), hasSystemExporter: is(3) },
      ...(is(4) ? { lokiUid: "loki" } : {}),
      ...(is(5) ? { kubelet: { namespace: "nats", labels: {} } } : {}),
    };
  }),
);

const dashboard = (settings: DashboardSettings) => JSON.parse(dashboardJson(settings)) as Dashboard;

const rowsOf = ({ panels }: Dashboard) => panels.filter(({ type }) => type === "row").map(({ title }) => title);

/** The words of an expression that could be variables, rates of time set aside. */
function variablesIn(text: string): string[] {
  return [...text.matchAll(/\$(\w+)/g)].map(([, name = ""]) => name).filter((name) => !name.startsWith("__"));
}

test("panels have ids of their own and lie on the grid beside each other, whatever the region tells", () => {
  for (const settings of combinations) {
    const { panels } = dashboard(settings);
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
    const taken = new Map<string, string>();
    for (const { title, gridPos } of panels) {
      assert.ok(gridPos.x >= 0 && gridPos.w > 0 && gridPos.x + gridPos.w <= 24, `${title} leaves the grid`);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          const cell = `${String(x)},${String(y)}`;
          assert.equal(taken.get(cell), undefined, `${title} lies on ${taken.get(cell) ?? ""}`);
          taken.set(cell, title);
        }
      }
    }
  }
});

test("each panel says what it shows, in which unit, and asks the region's data source", () => {
  const panels = dashboard(everything).panels.filter(({ type }) => type !== "row");
  assert.ok(panels.length > 40);
  for (const { title, description = "", datasource, fieldConfig, targets = [] } of panels) {
    assert.match(description, /^[A-Z].*\.$/s, title);
    assert.ok(fieldConfig?.defaults.unit, `${title} has no unit`);
    assert.equal(datasource?.uid, datasource?.type, title);
    assert.ok(targets.length > 0, `${title} asks nothing`);
    assert.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length, title);
    for (const target of targets) assert.equal(target.datasource.uid, datasource?.uid, title);
  }
});

test("a region has the rows that its exporters tell something for", () => {
  assert.deepEqual(rowsOf(dashboard(everything)), [
    ...["Overview", "Connections and throughput", "Message rates", "Streams", "Consumer lag and pending"],
    ...["Replication and Raft", "Accounts", "MQTT", "Gateways and leaf nodes", "Logins and certificates", "Logs"],
  ]);
  const always = ["Overview", "Connections and throughput", "Message rates", "Replication and Raft", "Accounts"];
  assert.deepEqual(rowsOf(dashboard(nothing)), always);
  // Both are told with the accounts, which is the least that the exporter is asked for.
  const titles = dashboard(nothing).panels.map(({ title }) => title);
  assert.equal(titles.filter((title) => title === "JetStream leader").length, 2);
  assert.equal(titles.at(-1), "Storage");
});

test("a region of one server has no panels of a cluster, which would stand empty and say that nobody leads", () => {
  const titles = (isClustered: boolean) => dashboard({ ...everything, isClustered }).panels.map(({ title }) => title);
  const alone = titles(false);
  assert.deepEqual(
    titles(true).filter((title) => !alone.includes(title)),
    [
      ...["JetStream leader", "JetStream leader", "Replicas apart", "Peers", "Meta group backlog", "Replicated assets"],
      ...["Meta group lag", "Meta group"],
    ],
  );
  for (const title of ["Health", "Streams led", "Refused logins", "Certificates"])
    assert.ok(alone.includes(title), title);
});

test("no query asks for what the region's exporters were not told to tell", () => {
  const telling = {
    connz: () => true,
    varz: () => true,
    healthz: () => true,
    accstatz: ({ accounts }: DashboardSettings) => accounts,
    gatewayz: ({ gateways }: DashboardSettings) => gateways,
    leafz: ({ leafnodes }: DashboardSettings) => leafnodes,
    system: ({ hasSystemExporter }: DashboardSettings) => hasSystemExporter,
    server: () => true,
    account: () => true,
    stream: ({ streams }: DashboardSettings) => streams !== "none",
    consumer: ({ streams }: DashboardSettings) => streams === "consumers",
  };
  const endpoint = new RegExp(`\\b${METRIC_PREFIX}_([a-z]+)_\\w+\\{`, "g");
  for (const settings of combinations) {
    const { templating, panels } = dashboard(settings);
    const queries = [
      ...panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
      ...templating.list.map(({ query }) => query.query),
    ];
    for (const query of queries) {
      for (const [, name = ""] of query.matchAll(endpoint)) {
        const isTold = Object.hasOwn(telling, name) && telling[name as keyof typeof telling](settings);
        assert.ok(isTold, `${query} with ${JSON.stringify(settings)}`);
      }
    }
  }
});

test("every series is the region's, and every variable in a query can be chosen", () => {
  for (const settings of combinations) {
    const { templating, panels } = dashboard(settings);
    const known = templating.list.map(({ name }) => name);
    for (const { title, targets = [] } of panels) {
      for (const { expr } of targets) {
        for (const name of variablesIn(expr)) assert.ok(known.includes(name), `${title}: $${name}`);
      }
    }
    for (const { panel, expression } of queriesOf(dashboardJson(settings))) {
      const names = `(${METRIC_PREFIX}|${SYSTEM_PREFIX}|kubelet)_\\w+(\\{[^}]*\\})?`;
      const selectors = [...expression.matchAll(new RegExp(names, "g"))];
      assert.ok(selectors.length > 0, panel);
      for (const [, teller, matchers = ""] of selectors) {
        const ours =
          teller === "kubelet" ? /[{,]namespace="nats",persistentvolumeclaim=~"/ : /^\{nats_cluster="eu-east"/;
        assert.match(matchers, ours, panel);
      }
    }
  }
});

test("counters are shown as rates or increases, over a time that Grafana chooses where it follows the picture", () => {
  const counters =
    /nats_\w*(in_msgs|out_msgs|in_bytes|out_bytes|total_connections|_total|api_errors|api_total|last_ack|_seq)\b/;
  const spans = new Set<string>();
  for (const { panel, expression } of queriesOf(dashboardJson(everything))) {
    for (const [, span = ""] of expression.matchAll(/[})]\[([^\]]+)\]/g)) spans.add(span);
    const isCounter = counters.test(expression) && !/leafz_conn_nodes_total|last_ack_seconds/.test(expression);
    if (isCounter && panel !== "Replicas apart") assert.match(expression, /(rate|increase)\(/, panel);
  }
  assert.deepEqual([...spans].sort(), ["$__rate_interval", "10m", "1h", "5m"]);
});

test("rates cover four scrapes of the region, whatever Grafana's data source says of them", () => {
  for (const scrapeSeconds of [5, 30, 90]) {
    const asked = dashboard({ ...everything, scrapeSeconds })
      .panels.filter(({ datasource }) => datasource?.type === "prometheus")
      .flatMap(({ title, targets = [] }) => targets.map(({ interval }) => ({ title, interval })));
    assert.ok(asked.length > 50);
    for (const { title, interval } of asked) assert.equal(interval, `${String(scrapeSeconds)}s`, title);
  }
});

test("gauges from varz are left out where the server answers no more", () => {
  const gauges = queriesOf(dashboardJson(everything)).filter(
    ({ expression }) => expression.includes("_varz_") && !/(rate|increase)\(/.test(expression),
  );
  assert.ok(gauges.length > 10);
  for (const { panel, expression } of gauges) {
    assert.match(expression, /and on ?\(namespace, pod\) nats_connz_limit/, panel);
  }
});

test("streams and consumers are told by their leaders, and an account's storage once", () => {
  const queries = queriesOf(dashboardJson(everything));
  const ofReplicas = queries
    .filter(({ expression }) => /nats_(stream|consumer)_/.test(expression) && !expression.includes('_leader="true"'))
    .map(({ panel }) => panel);
  assert.deepEqual(ofReplicas, ["Streams", "Replicas apart"]);
  const storage = queries.filter(({ expression }) => expression.includes("nats_account_"));
  assert.ok(storage.length > 0);
  for (const { expression } of storage) assert.match(expression, /^max by \(account_name\)/);
});

test("equal settings give equal text, in whatever order they are written", () => {
  const turned = Object.fromEntries(Object.entries(everything).reverse()) as unknown as DashboardSettings;
  assert.equal(dashboardJson(turned), dashboardJson(everything));
});

test("a region's uid is its own and not longer than Grafana takes", () => {
  assert.equal(dashboardUid("eu-east"), "nats-eu-east");
  const long = "a-region-with-a-name-as-long-as-kubernetes-lets-it-be";
  const [one, two] = [dashboardUid(`${long}-1`), dashboardUid(`${long}-2`)];
  assert.notEqual(one, two);
  for (const uid of [one, two]) assert.match(uid, /^[a-zA-Z0-9_-]{8,40}$/);
});

test("the queries of a dashboard are those for Prometheus, with their panels", () => {
  const queries = queriesOf(dashboardJson(everything));
  assert.ok(queries.every(({ expression }) => !expression.includes("count_over_time(")));
  assert.deepEqual(
    queries.filter(({ panel }) => panel === "Servers"),
    [
      {
        panel: "Servers",
        refId: "A",
        expression: 'count(max by (namespace, pod) (nats_connz_limit{nats_cluster="eu-east",pod=~"$pod"}))',
      },
    ],
  );
});
