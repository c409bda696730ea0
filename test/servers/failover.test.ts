import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { jetstream } from "@nats-io/jetstream";
import { metaLeader, statusOf } from "../../cli/local/health.ts";
import { startServer } from "../../cli/local/server.ts";
import { connectAs } from "./support/clients.ts";
import { eventually } from "./support/monitoring.ts";
import { natsServer, startDev, type TestRegion } from "./support/region.ts";
import { addStream, streamsOf } from "./support/streams.ts";

let region: TestRegion;

before(async () => {
  region = await startDev();
});
after(() => region.end());

test("the cluster loses nothing that it acknowledged when its leader is killed, and takes it back", async (t) => {
  const connection = await connectAs(region, "SERVICES", "orders", {
    urls: region.urls,
    reconnect: true,
    reconnectTimeWait: 50,
  });
  t.after(() => connection.close());
  const manager = await streamsOf(connection);
  await addStream(manager, { name: "ORDERS", subjects: ["orders.>"], num_replicas: 3 });

  const acknowledged = new Set<string>();
  const enough = new AbortController();
  const goesOn = () => !enough.signal.aborted && !connection.isClosed();
  const publishing = (async () => {
    const client = jetstream(connection, { timeout: 500 });
    for (let number = 0; goesOn(); number++) {
      const id = `order-${number}`;
      // The same id again after a timeout, even at the end: it may be stored, and the stream keeps one of them.
      let isStored = false;
      while (!isStored && !connection.isClosed()) {
        isStored = await client.publish("orders.new", id, { msgID: id }).then(
          () => true,
          () => false,
        );
      }
      if (isStored) acknowledged.add(id);
    }
  })();
  t.after(() => {
    enough.abort();
  });

  await eventually("some messages are stored", () => acknowledged.size > 100);
  const leader = await leaderOf(region);
  const others = region.servers.filter((server) => server !== leader);
  leader.kill("SIGKILL");
  await leader.ended;
  const before = acknowledged.size;
  for (const server of others) {
    await eventually(`${server.name} sees another leader`, async () => {
      const now = await metaLeader(server);
      return now !== undefined && now !== leader.name;
    });
  }
  await eventually("messages are stored again", () => acknowledged.size > before + 100);

  const restarted = await startServer(natsServer(), leader);
  t.after(async () => {
    restarted.kill("SIGKILL");
    await restarted.ended;
  });
  await eventually(
    "the killed server is ready again",
    async () => (await statusOf(restarted, region.pods.probes.readiness)) === 200,
  );
  await eventually("the stream has three replicas again", async () => {
    // While leadership moves, this asks in vain for a moment.
    const info = await manager.streams.info("ORDERS").catch(() => undefined);
    const replicas = info?.cluster?.replicas ?? [];
    return replicas.length === 2 && replicas.every(({ current, offline }) => current && !offline);
  });
  enough.abort();
  await publishing;

  const stored: string[] = [];
  const consumer = await jetstream(connection).consumers.get("ORDERS", { deliver_policy: "all" });
  const { num_pending: pending } = await consumer.info(false);
  for await (const message of await consumer.fetch({ max_messages: pending, expires: 60_000 }))
    stored.push(message.string());
  assert.deepEqual(
    stored.filter((id) => !acknowledged.has(id)),
    [],
  );
  assert.equal(stored.length, acknowledged.size, "each acknowledged message is there once");
});

/** The server that leads JetStream, once there is one. */
async function leaderOf({ servers }: TestRegion) {
  let name: string | undefined;
  await eventually("there is a leader", async () => {
    const [anyone] = servers;
    name = anyone && (await metaLeader(anyone));
    return name !== undefined;
  });
  return servers.find((server) => server.name === name) ?? assert.fail(`${name ?? "nobody"} leads, and is no server`);
}
