import assert from "node:assert/strict";
import { after, before, test, type TestContext } from "node:test";
import { jetstream, type JetStreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { metaLeader } from "../../cli/local/health.ts";
import { alertsOf } from "../../nats/alerts/table.ts";
import { run } from "../../tools/run.ts";
import { connectAs } from "./support/clients.ts";
import { eventually } from "./support/monitoring.ts";
import { assertSilent } from "./support/provoked.ts";
import { natsServer } from "./support/region.ts";
import { addConsumer, addStream, patient, streamsOf } from "./support/streams.ts";
import { startWatched, type WatchedPod, type WatchedRegion } from "./support/watched-region.ts";

let watched: WatchedRegion;
let connection: NatsConnection;
let manager: JetStreamManager;
let critical: string[];

before(async () => {
  // The rules as users get them, but looked at each second, so that it is seen how near they came.
  watched = await startWatched({ scrapeSeconds: 1, evaluationSeconds: 1 });
  critical = alertsOf(watched.context)
    .filter(({ severity }) => severity === "critical")
    .map(({ name }) => name);
  const { region } = watched;
  connection = await connectAs(region, "SERVICES", "orders", {
    ...{ urls: region.urls, reconnect: true, maxReconnectAttempts: -1, reconnectTimeWait: 50 },
  });
  manager = await streamsOf(connection);
  await addStream(manager, { name: "ORDERS", subjects: ["orders.>"], num_replicas: 3 });
  await addConsumer(manager, "ORDERS", { durable_name: "shipping", ack_policy: "explicit" });
  await jetstream(connection, patient).publish("orders.new", "1");
});
after(async () => {
  await watched.end();
  await connection.close();
});

test("a rolling restart with lame duck, as a StatefulSet does it, alarms nobody", async (t) => {
  await alarmsNobody(t, async () => {
    for (const pod of [...watched.pods].reverse()) {
      const [, ...args] = pod.server.preStop;
      const { code, stderr } = await run(natsServer(), args, { cwd: watched.region.folder });
      assert.equal(code, 0, stderr);
      await eventually("the server has ended", () => pod.server.hasEnded(), watched.region.pods.graceSeconds);
      await pod.remove();
      await pod.restore();
    }
  });
});

test("leaders of streams that step down, and a JetStream leader that is killed, alarm nobody", async (t) => {
  await alarmsNobody(t, async () => {
    for (let moves = 0; moves < 3; moves++) {
      const before = (await manager.streams.info("ORDERS")).cluster?.leader;
      await connection.request("$JS.API.STREAM.LEADER.STEPDOWN.ORDERS", "", patient);
      await eventually("another one leads the stream", async () => {
        // While nobody leads it, nobody answers.
        const leader = await manager.streams.info("ORDERS").then(
          ({ cluster }) => cluster?.leader,
          () => undefined,
        );
        return leader !== undefined && leader !== "" && leader !== before;
      });
    }
    const leader = await leadingPod();
    await leader.remove();
    await leadingPod();
    await leader.restore();
  });
});

test("a redeploy that takes all servers away at once, and brings them back, alarms nobody", async (t) => {
  await alarmsNobody(t, async () => {
    await Promise.all(watched.pods.map((pod) => pod.remove()));
    await Promise.all(watched.pods.map((pod) => pod.restore()));
    await leadingPod();
  });
});

test("a stream that much is published to alarms nobody, though its replicas are never scraped at the same time", async (t) => {
  const { prometheus } = watched;
  const enough = new AbortController();
  const publishing = (async () => {
    while (!enough.signal.aborted) {
      for (let number = 0; number < 500; number++) connection.publish("orders.busy");
      await connection.flush();
    }
  })();
  t.after(() => {
    enough.abort();
  });
  await alarmsNobody(t, async () => {
    const last = "nats_stream_last_seq";
    const apart = `max by (stream_name) (${last}) - min by (stream_name) (${last}) > 1000`;
    const isApart = async () => (await prometheus.query(`count_over_time((${apart})[30s:1s]) > 5`)).length > 0;
    await eventually("the replicas look as if they were far apart", isApart);
    enough.abort();
    await publishing;
  }, [...critical, "NatsStreamReplicaLag"]);
});

/** Sees that nothing of this fires, neither while something happens nor after, and tells for how long the conditions held. */
async function alarmsNobody(t: TestContext, happens: () => Promise<void>, names = critical): Promise<void> {
  const started = Date.now();
  const { prometheus } = watched;
  await happens();
  const isOver = async () => (await prometheus.alerts()).every(({ labels }) => !names.includes(labels.alertname ?? ""));
  await eventually("no alert is pending any more", isOver, 60);
  await assertSilent(prometheus, names, started);
  const range = Math.ceil((Date.now() - started) / 1000);
  for (const { name, forSeconds } of alertsOf(watched.context).filter((alert) => names.includes(alert.name))) {
    const held = await secondsOf(name, range);
    if (held > 0) t.diagnostic(`${name} | held for ${String(held)} s of ${String(forSeconds)} s`);
  }
}

/** For how many seconds an alert's condition held. */
async function secondsOf(name: string, range: number): Promise<number> {
  const held = `max(count_over_time(ALERTS{alertname="${name}"}[${String(range)}s]))`;
  return (await watched.prometheus.query(held))[0]?.value ?? 0;
}

/** The pod whose server leads JetStream, as all that run agree. */
async function leadingPod(): Promise<WatchedPod> {
  let found: WatchedPod | undefined;
  await eventually("all agree on a leader", async () => {
    const running = watched.pods.filter(({ server }) => !server.hasEnded());
    const leaders = new Set(await Promise.all(running.map(({ server }) => metaLeader(server))));
    found = leaders.size === 1 ? running.find(({ name }) => leaders.has(name)) : undefined;
    return found !== undefined;
  });
  return found ?? assert.fail();
}
