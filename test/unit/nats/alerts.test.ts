import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { ALERTS, alertsOf, conditionOf } from "../../../nats/alerts/table.ts";
import { alertRows, watchedRegion } from "../../support/alert-table.ts";

const docs = new URL("../../../docs/", import.meta.url);
const read = (page: string) => readFileSync(new URL(page, docs), "utf8");
const names = ALERTS.map(({ name }) => name);

test("names and titles of alerts are their own, and short enough for Grafana", () => {
  assert.equal(new Set(names).size, names.length);
  // The form and the length of a uid in Grafana.
  for (const name of names) assert.match(name, /^[A-Za-z0-9_-]{1,40}$/);
  const titles = ALERTS.map(({ title }) => title);
  assert.equal(new Set(titles).size, titles.length);
  for (const title of titles) assert.ok(title.length > 0 && title.length <= 190, title);
});

test("an alert of every kind applies to a region that has everything, and some are left out where a part is missing", () => {
  assert.deepEqual(
    alertsOf(watchedRegion).map(({ name }) => name),
    names,
  );
  const bare = { ...watchedRegion, replicas: 1, exporter: { streams: "none" }, hasSystemExporter: false } as const;
  const none = { hasMqtt: false, kubelet: undefined };
  const left = alertsOf({
    ...bare,
    ...none,
    hasTls: false,
    expected: { gateways: 0, leafnodes: 0 },
    bridges: [],
    tokens: [],
  });
  assert.deepEqual(
    left.map(({ name }) => name),
    [
      ...[
        "NatsServersMissing",
        "NatsTargetDown",
        "NatsServerUnreachable",
        "NatsServerUnhealthy",
        "NatsServerRestarted",
      ],
      ...["NatsJetStreamDisabled", "NatsCpuHigh", "NatsMemoryHigh", "NatsConnectionsHigh", "NatsConnectionLimitNear"],
      ...["NatsSlowConsumers", "NatsFabricSlowConsumers", "NatsStalledClients"],
      ...["NatsJetStreamStorageHigh", "NatsJetStreamMemoryHigh", "NatsAccountStorageHigh", "NatsJetStreamApiErrors"],
    ],
  );
});

test("what a stack says of an alert replaces what is usual, of that alert alone", () => {
  const [usual] = alertsOf(watchedRegion);
  const [changed, ...others] = alertsOf(watchedRegion, {
    NatsQuorumLost: { threshold: 3, forSeconds: 60, severity: "warning" },
    NatsTargetDown: { enabled: false },
  });
  assert.ok(usual && changed);
  assert.deepEqual(changed, { ...usual, threshold: 3, forSeconds: 60, severity: "warning" });
  assert.match(conditionOf(changed), /^\(.*\) < 3$/);
  assert.ok(!others.some(({ name }) => name === "NatsTargetDown"));
  assert.equal(others.length, ALERTS.length - 2);
});

test("a summary names only labels that its expression keeps", () => {
  for (const { name, summary, value } of alertsOf(watchedRegion)) {
    const kept = [...value.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = ""]) => list.split(", "));
    const added = [...value.matchAll(/label_replace\([^"]*"(\w+)"/g)].map(([, label = ""]) => label);
    const named = [...summary.matchAll(/\$labels\.(\w+)/g)].map(([, label = ""]) => label);
    const lost = named.filter((label) => !kept.includes(label) && !added.includes(label));
    assert.deepEqual(lost, [], name);
  }
});

test("every alert has been provoked: docs/alert-delays.md tells how soon it came", () => {
  const provoked = new Set([...read("alert-delays.md").matchAll(/^\| .*? \| (Nats\w+) +\|/gm)].map(([, name]) => name));
  assert.deepEqual(
    names.filter((name) => !provoked.has(name)),
    [],
  );
});

test("docs/alerts.md lists every alert as it is", () => {
  const rows = [...read("alerts.md").matchAll(/^\| \[Nats.*$/gm)].map(([row]) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  assert.deepEqual(rows, alertRows());
});

test("every alert has a runbook, and every runbook an alert", () => {
  const pages = readdirSync(new URL("runbooks/", docs)).filter((page) => page !== "README.md");
  assert.deepEqual(pages.sort(), names.map((name) => `${name}.md`).sort());
});

const parts = ["What it says.", "Why it matters.", "Look.", "Causes, and what to do.", "Do not.", "False alarm."];

for (const name of names)
  test(`the runbook of ${name} says what somebody needs who is paged`, () => {
    const page = read(`runbooks/${name}.md`);
    assert.ok(page.startsWith(`# ${name}\n`));
    const found = [...page.matchAll(/^\*\*([^*]+)\*\*/gm)].map(([, part]) => part);
    assert.deepEqual(found, [...parts, "Setting."]);
    assert.ok(page.includes(`\`regions.<region>.monitoring.alerts.${name}\``));
    assert.match(page, /^```sh$/m);
  });

test("runbooks ask no server of its health with a program that keeps the reason to itself", () => {
  // BusyBox' wget, which the servers' image has, shows nothing of an answer that is an error; a server that is not healthy answers with 503.
  const asking = readdirSync(new URL("runbooks/", docs)).filter((page) =>
    /wget.*healthz/.test(read(`runbooks/${page}`)),
  );
  assert.deepEqual(asking, []);
});

test("runbooks ask Prometheus only for what alerts or the exporters have", () => {
  const further = [
    ...["nats_healthz_status_value", "nats_stream_total_bytes", "nats_leafz_info", "nats_varz_out_bytes"],
    ...["nats_consumer_ack_floor_stream_seq", "nats_varz_routes", "nats_connz_num_connections"],
    "nats_varz_jetstream_meta_leader",
  ];
  const expressions = alertsOf(watchedRegion).map(({ value }) => value);
  const known = new Set([...further, ...expressions.flatMap(metrics)]);
  for (const name of names) {
    const unknown = metrics(read(`runbooks/${name}.md`)).filter((metric) => !known.has(metric));
    assert.deepEqual(unknown, [], name);
  }
});

function metrics(text: string): string[] {
  return (text.match(/\bnats_\w+/g) ?? []).filter((name) => name !== "nats_cluster" && name !== "nats_component");
}
