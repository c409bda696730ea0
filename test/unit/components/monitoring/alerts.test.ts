import assert from "node:assert/strict";
import { test } from "node:test";
import { alertChanges, alertContext } from "../../../../config/alert-context.ts";
import type { AlertContext } from "../../../../nats/alerts/alert.ts";
import { conditionOf, alertsOf } from "../../../../nats/alerts/table.ts";
import type { PrometheusAlert } from "../../../../components/target/prometheus-operator.ts";
import { madeBy, ofKind, parsedRegion, platformOf, type RegionParts } from "./watched.ts";

const nothing = { bridges: [], tokens: [] };
const contextOf = (parts: RegionParts): AlertContext =>
  alertContext({ region: "east", ...parsedRegion(parts), ...nothing });

async function rulesOf(monitoring: object, nats: object = {}) {
  const made = await madeBy(platformOf({ east: { monitoring: { prometheusRule: {}, ...monitoring }, nats } }));
  const [rule] = ofKind(made, "PrometheusRule");
  assert.ok(rule);
  return rule.spec.groups;
}
const ruleNamed = (groups: Awaited<ReturnType<typeof rulesOf>>, name: string): PrometheusAlert => {
  const found = groups.flatMap(({ rules }) => rules).find(({ alert }) => alert === name);
  assert.ok(found, `there is no ${name}`);
  return found;
};

test("what alerts follow from is what the region is", () => {
  const context = contextOf({});
  assert.equal(context.replicas, 3);
  assert.equal(context.scrapeSeconds, 15);
  assert.equal(context.hasSystemExporter, false);
  assert.equal(context.hasTls, false);
  assert.equal(contextOf({ nats: { tls: { secret: "a" } } }).hasTls, true);
  assert.equal(contextOf({ nats: { mqtt: { tls: { secret: "a" } } } }).hasTls, true);
  assert.equal(contextOf({ nats: { mqtt: {} } }).hasTls, false);
  assert.deepEqual([context.hasMqtt, context.keepsMqttConsumers, context.kubelet], [false, false, undefined]);
  assert.equal(contextOf({ nats: { mqtt: {} } }).hasMqtt, true);
  assert.equal(contextOf({ monitoring: { podMonitor: { mqttConsumers: true } } }).keepsMqttConsumers, true);
  const labels = { cluster: "east", job: "kubelet" };
  const watched = contextOf({ nats: { namespace: "messaging" }, monitoring: { kubelet: { labels } } });
  assert.deepEqual(watched.kubelet, { namespace: "messaging", labels });
  assert.deepEqual(contextOf({ monitoring: { kubelet: {} } }).kubelet, { namespace: "nats", labels: {} });
  assert.deepEqual(contextOf({ monitoring: { expected: { gateways: 2 } } }).expected, { gateways: 2, leafnodes: 0 });
});

test("what a region says differently of an alert is all heard", () => {
  const change = { threshold: 5, for: "2m", severity: "critical" };
  const { monitoring } = parsedRegion({ monitoring: { alerts: { NatsConsumerLag: change } } });
  const [alert] = alertsOf(contextOf({}), alertChanges(monitoring)).filter(({ name }) => name === "NatsConsumerLag");
  assert.deepEqual([alert?.threshold, alert?.forSeconds, alert?.severity], [5, 120, "critical"]);
});

test("what ends can be told of when it has ended, and not before", () => {
  const { monitoring } = parsedRegion({ monitoring: { alerts: { NatsTokenExpiring: { threshold: 0 } } } });
  assert.equal(monitoring.alerts.NatsTokenExpiring?.threshold, 0);
});

test("servers that take long to send their clients away are missed by nobody meanwhile", async () => {
  const times = async (nats: object) => {
    const groups = await rulesOf({}, nats);
    return ["NatsTargetDown", "NatsJetStreamDisabled", "NatsServersMissing"].map((name) => ruleNamed(groups, name).for);
  };
  assert.deepEqual(await times({}), ["5m", "5m", "10m"]);
  // One server stops, and one after the other.
  assert.deepEqual(await times({ lameDuck: { duration: "10m" } }), ["13m", "13m", "33m"]);
  assert.deepEqual(await times({ replicas: 5, lameDuck: { duration: "2m" } }), ["5m", "5m", "15m"]);
  const [changed] = await rulesOf(
    { alerts: { NatsTargetDown: { for: "2m" } } },
    { lameDuck: { duration: "10m" } },
  ).then((groups) => [ruleNamed(groups, "NatsTargetDown").for]);
  assert.equal(changed, "2m");
});

test("an alert that is switched off is nowhere", async () => {
  const groups = await rulesOf({ grafana: {}, alerts: { NatsQuorumLost: { enabled: false } } });
  assert.ok(!JSON.stringify(groups).includes("NatsQuorumLost"));
  assert.deepEqual(
    groups.map(({ name }) => name),
    ["nats-east-alerts"],
  );
});

test("Prometheus gets every alert of the table that applies, as one condition each", async () => {
  const groups = await rulesOf({});
  const expected = alertsOf(contextOf({})).map((alert) => [alert.name, conditionOf(alert)]);
  const found = groups.flatMap(({ rules }) => rules.map(({ alert, expr }) => [alert, expr]));
  assert.deepEqual(found.sort(), expected.sort());
});

test("the quorum is looked at each 10 seconds, the other alerts at each scrape", async () => {
  assert.deepEqual(
    (await rulesOf({ podMonitor: { interval: "12s" } })).map(({ name, interval }) => [name, interval]),
    [
      ["nats-east-quorum", "10s"],
      ["nats-east-alerts", "12s"],
    ],
  );
});

test("the quorum alert counts a majority of the servers that the region has, and there is none for one server", async () => {
  const condition = async (replicas: number) => ruleNamed(await rulesOf({}, { replicas }), "NatsQuorumLost").expr;
  assert.match(await condition(3), / < 2$/);
  assert.match(await condition(5), / < 3$/);
  await assert.rejects(condition(1), /there is no NatsQuorumLost/);
});

test("an alert says which region it is of, how urgent it is, and where its page is", async () => {
  const rule = ruleNamed(await rulesOf({ runbooks: "https://docs.example/runbooks/" }), "NatsStreamWithoutLeader");
  assert.deepEqual(rule.labels, { severity: "critical", nats_cluster: "east" });
  assert.equal(rule.annotations.runbook, "docs/runbooks/NatsStreamWithoutLeader.md");
  assert.equal(rule.annotations.runbook_url, "https://docs.example/runbooks/NatsStreamWithoutLeader.md");
  const [without] = (await rulesOf({})).flatMap(({ rules }) => rules);
  assert.ok(without && !("runbook_url" in without.annotations));
});

test("the alert on volumes is about those of the region's own servers, and of no others", async () => {
  const named = {
    nats: { namespace: "messaging" },
    monitoring: { prometheusRule: {}, kubelet: { labels: { cluster: "e 1" } } },
  };
  const made = await madeBy(platformOf({ east: named, west: { monitoring: { prometheusRule: {} } } }));
  const [east, west] = ofKind(made, "PrometheusRule").map(({ spec }) => spec.groups);
  assert.ok(east && !JSON.stringify(west).includes("kubelet"));
  const { expr, labels } = ruleNamed(east, "NatsVolumeFull");
  assert.equal(labels.nats_cluster, "east");
  const selectors = [...expr.matchAll(/\{(.*?)\}/g)].map(([, matchers = ""]) => matchers);
  assert.equal(selectors.length, 4);
  const [servers] = ofKind(made, "StatefulSet");
  assert.ok(servers);
  const { volumeClaimTemplates } = servers.spec as { volumeClaimTemplates: { metadata: { name: string } }[] };
  const claims = volumeClaimTemplates.map(({ metadata }) => `${metadata.name}-${servers.metadata.name}-0`);
  assert.ok(claims.length > 1);
  for (const selector of selectors) {
    const [, claim = ""] = /^cluster="e 1",namespace="messaging",persistentvolumeclaim=~"(.*)"$/.exec(selector) ?? [];
    for (const name of claims) assert.match(name, new RegExp(`^(?:${claim})$`));
  }
});

test("MQTT sessions are watched where servers take MQTT clients, and what waits in them where it is kept", async () => {
  const about = async (nats: object, monitoring: object = {}) =>
    (await rulesOf(monitoring, nats))
      .flatMap(({ rules }) => rules.map(({ alert }) => alert))
      .filter((it) => it.includes("Mqtt"));
  const kept = { podMonitor: { mqttConsumers: true } };
  assert.deepEqual(await about({}, kept), []);
  assert.deepEqual(await about({ mqtt: {} }), ["NatsMqttSessionsHigh"]);
  assert.deepEqual(await about({ mqtt: {} }, kept), ["NatsMqttSessionsHigh", "NatsMqttBacklog"]);
  assert.deepEqual(await about({ mqtt: {} }, { ...kept, exporter: { streams: "streams" } }), ["NatsMqttSessionsHigh"]);
  assert.deepEqual(await about({ mqtt: {} }, { ...kept, exporter: { streams: "none" } }), []);
});

test("tokens that are signed anew are watched until their window ends, in the regions that get them", async () => {
  const token = {
    secretName: "api-token",
    generate: true,
    format: "application",
    signer: "signer",
    issuer: "i",
    audience: "a",
  };
  const secrets = {
    natsNKeys: { signer: { secretName: "signer", generate: true, deliver: [{ region: "east", namespace: "orders" }] } },
    natsJwtAuth: {
      api: { ...token, ttl: "30d", claims: [], deliver: [{ region: "east", namespace: "orders" }] },
      given: { ...token, secretName: "given", generate: false, tokenFrom: "given", deliver: [] },
    },
  };
  delete (secrets.natsJwtAuth as Partial<typeof secrets.natsJwtAuth>).given;
  const monitoring = { prometheusRule: {} };
  const made = await madeBy(platformOf({ east: { monitoring }, west: { monitoring } }, { secrets }));
  const [east, west] = ofKind(made, "PrometheusRule").map(({ spec }) => spec.groups);
  assert.ok(east && west);
  const { expr } = ruleNamed(east, "NatsTokenExpiring");
  assert.match(expr, /\(vector\(\d{10}\) - time\(\)\) \/ 2592000, "token", "orders\/api-token"/);
  assert.ok(!JSON.stringify(west).includes("NatsTokenExpiring"));
});
