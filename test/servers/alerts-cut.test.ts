import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { jetstream } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { metaLeader } from "../../cli/local/health.ts";
import { alertsOf } from "../../nats/alerts/table.ts";
import { platformOf } from "../support/program.ts";
import { connectAs } from "./support/clients.ts";
import { becomes, eventually, monitored } from "./support/monitoring.ts";
import type { ActiveAlert } from "./support/prometheus.ts";
import { firing, provoke } from "./support/provoked.ts";
import { addStream, patient, streamsOf } from "./support/streams.ts";
import { startWatched, type WatchedPod, type WatchedRegion } from "./support/watched-region.ts";
import { layWays, type Ways } from "./support/ways.ts";

/** Everything is 30 times as fast: half a second stands for the 15 seconds between two scrapes. */
const [factor, scrapeSeconds] = [30, 0.5];
const rescue = "$JS.API.META.RESCUE";

let watched: WatchedRegion;
let ways: Ways;
let connection: NatsConnection;

before(async () => {
  watched = await startWatched({ factor, scrapeSeconds, run: { platform: withRescuer(platformOf("dev")) } });
  ways = await layWays(watched.pods);
  await eventually("all are connected", areConnected);
  await leadingPod();
  const { region } = watched;
  connection = await connectAs(region, "SERVICES", "orders", {
    ...{ urls: region.urls, reconnect: true, maxReconnectAttempts: -1, reconnectTimeWait: 50 },
  });
  await addStream(await streamsOf(connection), { name: "ORDERS", subjects: ["orders.new"], num_replicas: 3 });
});
after(async () => {
  await watched.end();
  await ways.close();
  await connection.close();
});

test("a JetStream leader that is cut off stays behind, says that it is not healthy, and soon leads no more", async (t) => {
  const { prometheus } = watched;
  const cutOff = await leadingPod();
  const other = watched.pods.find((pod) => pod !== cutOff) ?? assert.fail();
  const started = Date.now();
  let publishing: Promise<void> | undefined;
  t.after(() => {
    ways.mend();
  });
  await provoke(t, prometheus, {
    what: "the JetStream leader is cut off, the others go on",
    alerts: ["NatsPeerDisconnected", "NatsWithoutMetaLeader", "NatsServerUnhealthy", "NatsStreamReplicaLag"],
    silent: ["NatsQuorumLost", "NatsTargetDown", "NatsServerUnreachable", "NatsServersMissing"],
    cause: () => {
      ways.cut(cutOff.name);
      publishing = publishTo(other);
      return Promise.resolve();
    },
    check: async () => {
      await publishing;
      // Not all servers notice it at once, and the others are without a leader until they have elected one.
      const pods = async (name: string) => podsOf(await firing(prometheus, name));
      await becomes(() => pods("NatsPeerDisconnected"), watched.pods.map(({ name }) => name).sort());
      await becomes(() => pods("NatsWithoutMetaLeader"), [cutOff.name]);
      await becomes(() => pods("NatsServerUnhealthy"), [cutOff.name]);
    },
    cure: () => {
      ways.mend();
      return Promise.resolve();
    },
  });
  const [seconds, needed] = await disagreedFor(Math.ceil((Date.now() - started) / 1000));
  t.diagnostic(`the servers named different leaders for ${String(seconds)} s of ${String(needed)} s`);
  assert.ok(seconds < needed);
});

test("a server that is cut off and made to lead by itself disagrees with the others until it hears from them", async (t) => {
  const leader = await leadingPod();
  const cutOff = watched.pods.find((pod) => pod !== leader) ?? assert.fail();
  const admin = await connectAs(watched.region, "SYS", "admin", { urls: [cutOff.server.url] });
  t.after(() => admin.close());
  t.after(() => {
    ways.mend();
  });
  await provoke(t, watched.prometheus, {
    what: "a server is cut off, and its majority is lowered to itself",
    alerts: ["NatsMetaLeadersDisagree"],
    silent: ["NatsQuorumLost"],
    cause: async () => {
      ways.cut(cutOff.name);
      await eventually("it knows no leader", async () => (await metaLeader(cutOff.server)) === undefined);
      const answer = await admin.request(rescue, JSON.stringify({ quorum_needed: 1 }), patient);
      assert.equal(answer.json<{ error?: unknown }>().error, undefined, answer.string());
    },
    check: () => becomes(() => metaLeader(cutOff.server), cutOff.name),
    cure: () => {
      ways.mend();
      return Promise.resolve();
    },
  });
});

test("clients that ask again and again for all subjects of a stream keep JetStream's API busy", async (t) => {
  const { prometheus, pods } = watched;
  const manager = await streamsOf(connection);
  const enough = new AbortController();
  t.after(() => {
    enough.abort();
  });
  await addStream(manager, { name: "MANY", subjects: ["orders.many.*"], num_replicas: 1 });
  for (let number = 0; number < 10_000; number++) connection.publish(`orders.many.${String(number)}`);
  await connection.flush();
  const isNearlyDone = async () => {
    const pending = pods.map(async ({ server }) => {
      const { meta_cluster: meta } = await monitored<{ meta_cluster: { pending?: number } }>(server, "/jsz");
      return meta.pending ?? 0;
    });
    return enough.signal.aborted || Math.max(...(await Promise.all(pending))) < 300;
  };
  const ask = async () => {
    const all = JSON.stringify({ subjects_filter: ">" });
    while (!enough.signal.aborted) {
      await eventually("most of what was asked is answered", isNearlyDone, 60);
      for (let number = 0; number < 200; number++)
        connection.publish("$JS.API.STREAM.INFO.MANY", all, { reply: "_INBOX.nobody" });
      await connection.flush();
    }
  };
  let asking: Promise<void> | undefined;
  await provoke(t, prometheus, {
    what: "clients ask again and again for all subjects of a stream",
    alerts: ["NatsJetStreamApiBacklog"],
    cause: () => {
      asking = ask();
      return Promise.resolve();
    },
    cure: async () => {
      enough.abort();
      await asking;
    },
  });
});

/** Publishes more than a replica may lag, once the stream has a leader. */
async function publishTo({ server }: WatchedPod): Promise<void> {
  const publisher = await connectAs(watched.region, "SERVICES", "orders", { urls: [server.url] });
  const client = jetstream(publisher);
  const isTaken = () =>
    client.publish("orders.new", "1", { timeout: 500 }).then(
      () => true,
      () => false,
    );
  await eventually("the stream takes a message", isTaken);
  for (let number = 0; number < 3000; number++) publisher.publish("orders.new");
  await publisher.drain();
}

/** For how many of the last seconds the condition of NatsMetaLeadersDisagree held, and how long it has to in truth. */
async function disagreedFor(range: number): Promise<[seconds: number, needed: number]> {
  const { prometheus, context } = watched;
  const alert = alertsOf(context).find(({ name }) => name === "NatsMetaLeadersDisagree") ?? assert.fail();
  const held = await prometheus.query(
    `count_over_time((${alert.value} > 1)[${String(range)}s:${String(scrapeSeconds * 1000)}ms])`,
  );
  return [(held[0]?.value ?? 0) * scrapeSeconds, alert.forSeconds];
}

function podsOf(alerts: readonly ActiveAlert[]): (string | undefined)[] {
  return alerts.map(({ labels }) => labels.pod).sort();
}

async function areConnected(): Promise<boolean> {
  const remotes = watched.pods.map(
    async ({ server }) => (await monitored<{ remotes: number }>(server, "/varz")).remotes,
  );
  return (await Promise.all(remotes)).every((count) => count === watched.pods.length - 1);
}

/** The pod whose server leads JetStream, as all agree. */
async function leadingPod(): Promise<WatchedPod> {
  let found: WatchedPod | undefined;
  await eventually("all agree on a leader", async () => {
    const leaders = new Set(await Promise.all(watched.pods.map(({ server }) => metaLeader(server))));
    found = leaders.size === 1 ? watched.pods.find(({ name }) => leaders.has(name)) : undefined;
    return found !== undefined;
  });
  return found ?? assert.fail();
}

type Tree = Record<string, unknown>;

/** Lets the administrator lower a majority, which the dev stack does not. */
function withRescuer(platform: Tree): Tree {
  const { accounts } = platform as { accounts: { SYS: { roles: { admin: { publish: string[] } } } } };
  const { SYS } = accounts;
  const { admin } = SYS.roles;
  const roles = { ...SYS.roles, admin: { ...admin, publish: [...admin.publish, rescue] } };
  return { ...platform, accounts: { ...accounts, SYS: { ...SYS, roles } } };
}
