import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { platformOf } from "../support/program.ts";
import { connectAs } from "./support/clients.ts";
import { monitored } from "./support/monitoring.ts";
import { regionName, startDev, type TestRegion } from "./support/region.ts";

type Tree = Record<string, unknown>;

/** The dev stack with other settings for its servers, running until the test ends. */
async function startWith(t: TestContext, settings: (nats: Tree) => Tree): Promise<TestRegion> {
  const platform = platformOf("dev") as { regions: Record<string, { nats: Tree }> };
  const own = platform.regions[regionName] ?? assert.fail();
  const changed = { ...platform, regions: { [regionName]: { ...own, nats: { ...own.nats, ...settings(own.nats) } } } };
  const region = await startDev({ platform: changed });
  t.after(() => region.end());
  return region;
}

test("a region of one server starts without a cluster, and its JetStream works", async (t) => {
  const region = await startWith(t, () => ({ replicas: 1 }));
  assert.deepEqual(
    region.servers.map(({ name }) => name),
    ["nats-0"],
  );
  const connection = await connectAs(region, "SERVICES", "orders");
  t.after(() => connection.close());
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: "ORDERS", subjects: ["orders.>"] });
  assert.equal((await jetstream(connection).publish("orders.new", "one")).seq, 1);
});

test("a region with a JetStream domain starts, and its JetStream is in that domain", async (t) => {
  const region = await startWith(t, (nats) => ({ jetstream: { ...(nats.jetstream as Tree), domain: "edge" } }));
  for (const server of region.servers) {
    assert.equal((await monitored<{ config: { domain?: string } }>(server, "/jsz")).config.domain, "edge");
  }
  const connection = await connectAs(region, "SERVICES", "orders");
  t.after(() => connection.close());
  const manager = await jetstreamManager(connection, { domain: "edge" });
  await manager.streams.add({ name: "ORDERS", subjects: ["orders.>"], num_replicas: 3 });
  const { seq, domain } = await jetstream(connection, { domain: "edge" }).publish("orders.new", "one");
  assert.deepEqual({ seq, domain }, { seq: 1, domain: "edge" });
});

test("a region of five servers in a namespace of another name is one cluster", async (t) => {
  const region = await startWith(t, () => ({
    replicas: 5,
    namespace: "messaging",
    clusterDomain: "cluster.example",
    createNamespace: false,
  }));
  const sizes = await Promise.all(
    region.servers.map((server) => monitored<{ meta_cluster: { cluster_size: number } }>(server, "/jsz")),
  );
  assert.deepEqual(
    sizes.map((it) => it.meta_cluster.cluster_size),
    [5, 5, 5, 5, 5],
  );
});
