import assert from "node:assert/strict";
import { test } from "node:test";
import { exporterMetrics } from "../../../../cli/system-exporter/metrics.ts";
import { poll, type Ask } from "../../../../cli/system-exporter/poll.ts";

type Answers = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const ping = "$SYS.REQ.SERVER.PING";
const leads = (leader: string, replicas: readonly object[] = []) => ({
  meta_cluster: { name: "east", leader, cluster_size: 3, replicas },
});
const replica = (name: string, over: object = {}) => ({ name, current: true, active: 1, peer: "x", ...over });

/** Three servers; n1 leads, and only its certificates end. */
const healthy: Answers = {
  [ping]: { n1: {}, n2: {}, n3: {} },
  [`${ping}.VARZ`]: {
    n1: { tls_cert_not_after: "2027-01-01T00:00:00Z", mqtt: { tls_cert_not_after: "2027-01-02T00:00:00Z" }, leaf: {} },
    n2: {},
    n3: {},
  },
  [`${ping}.JSZ`]: {
    n1: leads("n1", [replica("n2"), replica("n3", { current: false, offline: true, lag: 9 })]),
    n2: leads("n1"),
    n3: leads("n1"),
  },
  [`${ping}.CONNZ`]: { n1: { num_connections: 1 }, n2: { num_connections: 2 }, n3: { num_connections: 0 } },
};

function asking(answers: Answers): Ask {
  return (subject, _, enough) =>
    Promise.resolve(
      Object.entries(answers[subject] ?? {})
        .slice(0, enough)
        .map(([name, data]) =>
          JSON.stringify({ server: { name, id: name, cluster: name.startsWith("far") ? "west" : "east" }, data }),
        ),
    );
}

function clock(lifeMs = 3000) {
  let time = 0;
  const metrics = exporterMetrics(lifeMs, () => time);
  return {
    metrics,
    pass: (ms: number) => {
      time += ms;
    },
    learn: async (answers: Answers) => {
      const { facts, problems } = await poll(asking(answers), ["bridge"], "east");
      if (facts !== undefined) metrics.learned(facts);
      return problems;
    },
    lines: async (pattern: RegExp) =>
      (await metrics.registry.metrics()).split("\n").filter((line) => !line.startsWith("#") && pattern.test(line)),
  };
}

const gauges = /^nats_system_(servers|certificate|meta|mqtt)/;

test("what the servers answered is served", async () => {
  const { learn, lines } = clock();
  assert.deepEqual(await learn(healthy), []);
  assert.deepEqual(await lines(gauges), [
    "nats_system_servers 3",
    'nats_system_certificate_expiry_timestamp_seconds{server="n1",listener="client"} 1798761600',
    'nats_system_certificate_expiry_timestamp_seconds{server="n1",listener="mqtt"} 1798848000',
    "nats_system_meta_peers 3",
    'nats_system_meta_peer_current{peer="n2"} 1',
    'nats_system_meta_peer_current{peer="n3"} 0',
    'nats_system_meta_peer_offline{peer="n2"} 0',
    'nats_system_meta_peer_offline{peer="n3"} 1',
    'nats_system_meta_peer_lag{peer="n2"} 0',
    'nats_system_meta_peer_lag{peer="n3"} 9',
    'nats_system_mqtt_client_connections{client_id="bridge"} 3',
  ]);
});

test("nothing of a server's answers is served longer than it is true, and counters stay", async () => {
  const { metrics, learn, lines, pass } = clock();
  await learn(healthy);
  metrics.refused({ server: "n1", clientType: "mqtt" });
  pass(3000);
  assert.notDeepEqual(await lines(gauges), []);
  assert.ok(metrics.isFresh());
  pass(1);
  assert.deepEqual(await lines(gauges), []);
  assert.ok(!metrics.isFresh());
  assert.deepEqual(await lines(/errors_total\{server="n1",client_type="mqtt"\}/), [
    'nats_system_authentication_errors_total{server="n1",client_type="mqtt"} 1',
  ]);
});

test("a server that is gone takes its gauges with it at the next poll", async () => {
  const { learn, lines } = clock();
  await learn(healthy);
  const without = (name: string) =>
    Object.fromEntries(
      Object.entries(healthy).map(([subject, { [name]: _, ...rest }]): [string, Answers[string]] => [subject, rest]),
    );
  assert.deepEqual(await learn(without("n1")), []);
  assert.deepEqual(await lines(gauges), [
    "nats_system_servers 2",
    // Nobody leads now: the others only say who did.
    'nats_system_mqtt_client_connections{client_id="bridge"} 2',
  ]);
});

test("a question that not every server answers has no new answer: half a sum would say that a bridge is gone", async () => {
  const { learn, lines, pass } = clock();
  await learn(healthy);
  pass(2000);
  const half = { ...healthy, [`${ping}.CONNZ`]: { n1: { num_connections: 0 }, n2: { error: "not ready" } } };
  assert.deepEqual(await learn(half), ["1 of 3 servers answered $SYS.REQ.SERVER.PING.CONNZ"]);
  const count = /mqtt_client_connections/;
  assert.deepEqual(await lines(count), ['nats_system_mqtt_client_connections{client_id="bridge"} 3']);
  pass(2000);
  assert.deepEqual(await lines(count), []);
  assert.deepEqual(await lines(/^nats_system_servers/), ["nats_system_servers 3"]);
});

test("no answer at all is a problem that says what to look at, and changes nothing", async () => {
  const { learn, lines } = clock();
  assert.deepEqual(await learn({}), [
    "no server answered $SYS.REQ.SERVER.PING: is the user one of the system account, and may its role ask this?",
  ]);
  assert.deepEqual(await lines(/^nats_system_(?!connected|poll)/), []);
});

test("servers of another cluster, that a gateway leads to, answer as well and are left out", async () => {
  const { learn, lines } = clock();
  await learn(healthy);
  const alone = await lines(gauges);
  const far: Readonly<Record<string, object>> = {
    [ping]: {},
    [`${ping}.VARZ`]: { tls_cert_not_after: "2026-01-01T00:00:00Z" },
    [`${ping}.JSZ`]: leads("far1", [replica("far2"), replica("far3")]),
    [`${ping}.CONNZ`]: { num_connections: 5 },
  };
  const both = Object.entries(healthy).map(([subject, near]) => [subject, { far1: far[subject], ...near }] as const);
  assert.deepEqual(await learn(Object.fromEntries(both)), []);
  assert.deepEqual(await lines(gauges), alone);
  assert.deepEqual(await lines(/far1/), []);
});

test("of two servers that both think that they lead, the one is believed whose peers keep up", async () => {
  const { learn, lines } = clock();
  const cutOff = leads("n3", [replica("n1", { current: false }), replica("n2", { current: false })]);
  const { n1, n2 } = healthy[`${ping}.JSZ`] ?? {};
  await learn({ ...healthy, [`${ping}.JSZ`]: { n3: cutOff, n1, n2 } });
  assert.deepEqual(await lines(/peer_current/), [
    'nats_system_meta_peer_current{peer="n2"} 1',
    'nats_system_meta_peer_current{peer="n3"} 0',
  ]);
});

test("every server's counters begin with 0, and only two reasons of an end are counted", async () => {
  const { metrics, learn, lines } = clock();
  await learn(healthy);
  for (const reason of [
    "Authentication Expired",
    "Credentials Revoked",
    "Client Closed",
    "Authentication Failure",
    "constructor",
  ])
    metrics.disconnected("n2", reason);
  assert.equal((await lines(/^nats_system_authentication_errors_total\{.*\} 0$/)).length, 6);
  assert.deepEqual(await lines(/^nats_system_disconnects_total\{.*\} (?!0)/), [
    'nats_system_disconnects_total{server="n2",reason="expired"} 1',
    'nats_system_disconnects_total{server="n2",reason="revoked"} 1',
  ]);
  assert.equal((await lines(/^nats_system_disconnects_total/)).length, 6);
});

test("nothing but what is documented is served: no metrics of the process", async () => {
  const { learn, lines } = clock();
  await learn(healthy);
  assert.deepEqual(await lines(/^(?!nats_system_|$)/), []);
});
