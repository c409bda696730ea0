import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { jetstream, type JetStreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { metaLeader } from "../../cli/local/health.ts";
import { connectAs } from "./support/clients.ts";
import { eventually } from "./support/monitoring.ts";
import type { Prometheus } from "./support/prometheus.ts";
import { firing, provoke } from "./support/provoked.ts";
import { addConsumer, addStream, patient, streamsOf } from "./support/streams.ts";
import { startWatched, type WatchedPod, type WatchedRegion } from "./support/watched-region.ts";

/** Everything is 30 times as fast: half a second stands for the 15 seconds between two scrapes. */
const [factor, scrapeSeconds] = [30, 0.5];
const connectionsHigh = 5;

let watched: WatchedRegion;
let truth: Prometheus;
let connection: NatsConnection;
let manager: JetStreamManager;

before(async () => {
  const changes = { NatsConnectionsHigh: { threshold: connectionsHigh } };
  watched = await startWatched({ factor, scrapeSeconds, changes });
  truth = await watched.watchAgain({ factor: 1, scrapeSeconds: 15 });
  const { region } = watched;
  connection = await connectAs(region, "SERVICES", "orders", { urls: region.urls, reconnect: true });
  manager = await streamsOf(connection);
  await addStream(manager, { name: "ORDERS", subjects: ["orders.>"], num_replicas: 3 });
  await addConsumer(manager, "ORDERS", { durable_name: "shipping", ack_policy: "explicit" });
  await jetstream(connection, patient).publish("orders.new", "1");
});
after(async () => {
  await watched.end();
  await connection.close();
});

test("a node that is gone leaves servers missing, peers disconnected and replicas missing, but the quorum stands", async (t) => {
  const { prometheus } = watched;
  const pod = await follower();
  await addPair(pod.name);
  await provoke(t, prometheus, {
    what: "a pod is gone with its node",
    alerts: ["NatsServersMissing", "NatsPeerDisconnected", "NatsStreamReplicaMissing"],
    silent: ["NatsQuorumLost", "NatsTargetDown", "NatsServerUnreachable", "NatsWithoutMetaLeader"],
    cause: () => pod.remove(),
    check: () =>
      eventually("streams with three and with two replicas lack one", async () => {
        const alerts = await prometheus.alerts("NatsStreamReplicaMissing");
        const streams = alerts.filter(({ state }) => state === "firing").map(({ labels }) => labels.stream_name);
        return streams.sort().join() === "ORDERS,PAIR";
      }),
    cure: () => pod.restore(),
  });
  await manager.streams.delete("PAIR");
});

test("a restarted server is noted, though its pod has another address, and forgotten later", async (t) => {
  const { prometheus } = watched;
  const pod = await follower();
  await provoke(t, prometheus, {
    what: "a pod is restarted",
    alerts: ["NatsServerRestarted"],
    silent: ["NatsQuorumLost", "NatsTargetDown", "NatsServersMissing"],
    cause: async () => {
      await pod.remove();
      await pod.restore();
    },
    check: (now) => {
      const pods = now.filter(({ labels }) => labels.alertname === "NatsServerRestarted").map((it) => it.labels.pod);
      assert.deepEqual(pods, [pod.name]);
    },
    cure: () => Promise.resolve(),
  });
});

test("a server that is dead beside its exporter is unreachable, and what the exporter keeps of it alarms nobody", async (t) => {
  const { prometheus, region } = watched;
  const pod = await follower();
  const clients = await Promise.all(
    Array.from({ length: connectionsHigh + 1 }, () =>
      connectAs(region, "SERVICES", "orders", { urls: [pod.server.url] }),
    ),
  );
  t.after(() => Promise.all(clients.map((client) => client.close())));
  const isHigh = async () => (await firing(prometheus, "NatsConnectionsHigh")).length > 0;
  await eventually("the server has many connections", isHigh, 60);
  await provoke(t, prometheus, {
    what: "a server dies, its exporter does not",
    alerts: ["NatsServerUnreachable"],
    silent: ["NatsTargetDown", "NatsServersMissing", "NatsQuorumLost"],
    cause: () => pod.killServer(),
    check: async (now) => {
      await eventually("the exporter goes on telling its last value", async () => {
        const [kept] = await prometheus.query(`nats_varz_connections{pod="${pod.name}"}`);
        return (kept?.value ?? 0) > connectionsHigh;
      });
      assert.ok(!now.some(({ labels }) => labels.alertname === "NatsConnectionsHigh"));
    },
    cure: () => pod.restore(),
  });
});

test("a server that hangs is not scraped, and comes back", async (t) => {
  const pod = await follower();
  t.after(() => {
    pod.server.kill("SIGCONT");
  });
  const tell = (signal: "SIGSTOP" | "SIGCONT") => {
    pod.server.kill(signal);
    return Promise.resolve();
  };
  await provoke(t, watched.prometheus, {
    what: "a server hangs",
    alerts: ["NatsTargetDown", "NatsServersMissing"],
    silent: ["NatsQuorumLost", "NatsServerUnreachable"],
    cause: () => tell("SIGSTOP"),
    check: (now) => {
      const down = now.filter(({ labels }) => labels.alertname === "NatsTargetDown").map((it) => it.labels.pod);
      assert.deepEqual(down, [pod.name]);
    },
    cure: () => tell("SIGCONT"),
  });
});

test("two dead servers of three are a lost quorum, and the third one's streams and consumers have no leader", async (t) => {
  const [first, second, third] = watched.pods;
  assert.ok(first && second && third);
  const provoked = (prometheus: Prometheus, what: string, alerts: readonly string[]) => ({ prometheus, what, alerts });
  // The same fault, seen by both.
  const views = [
    provoked(watched.prometheus, "two servers of three are dead", [
      "NatsQuorumLost",
      "NatsWithoutMetaLeader",
      "NatsStreamWithoutLeader",
      "NatsConsumerWithoutLeader",
    ]),
    provoked(truth, "two servers of three are dead (true `for`, scraped each 15 s)", ["NatsQuorumLost"]),
  ];
  const kill = once(() => Promise.all([first.remove(), second.remove()]));
  const [allReady, allFire] = [barrier(views.length), barrier(views.length)];
  const restore = once(() => Promise.all([first.restore(), second.restore()]));
  await Promise.all(
    views.map(({ prometheus, what, alerts }) =>
      provoke(t, prometheus, {
        what,
        alerts,
        cause: async () => {
          await allReady();
          await kill();
        },
        check: async () => {
          // A count of nothing is nothing: without `or vector(0)` the alert would be silent now.
          assert.deepEqual(await prometheus.query('count(nats_server_jetstream_disabled{meta_leader!=""} == 0)'), []);
          await allFire();
        },
        cure: restore,
      }),
    ),
  );
});

/** A stream with two replicas, one of them on a pod that is not its choice: the servers choose anew each time. */
async function addPair(pod: string): Promise<void> {
  const isThere = async () => {
    await addStream(manager, { name: "PAIR", subjects: ["pair"], num_replicas: 2 });
    const { cluster } = await manager.streams.info("PAIR");
    if ([cluster?.leader, ...(cluster?.replicas ?? []).map(({ name }) => name)].includes(pod)) return true;
    await manager.streams.delete("PAIR");
    return false;
  };
  await eventually(`a replica is on ${pod}`, isThere);
}

/** A pod whose server does not lead JetStream, as all three agree. */
async function follower(): Promise<WatchedPod> {
  let found: WatchedPod | undefined;
  await eventually("there is a leader that all agree on", async () => {
    const leaders = new Set(await Promise.all(watched.pods.map(({ server }) => metaLeader(server))));
    const [leader] = leaders;
    if (leaders.size === 1 && leader !== undefined) found = watched.pods.find(({ name }) => name !== leader);
    return found !== undefined;
  });
  return found ?? assert.fail();
}

function once<T>(act: () => Promise<T>): () => Promise<T> {
  let acting: Promise<T> | undefined;
  return () => (acting ??= act());
}

/** Resolves for each when all have come. */
function barrier(size: number): () => Promise<void> {
  let missing = size;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return async () => {
    if (--missing === 0) resolve(undefined);
    await promise;
  };
}
