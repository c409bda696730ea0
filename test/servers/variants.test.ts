import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { jetstream } from "@nats-io/jetstream";
import { readRendered, secretsOf } from "../../cli/local/manifests.ts";
import { platformOf } from "../support/program.ts";
import { connectAs } from "./support/clients.ts";
import { eventually, monitored } from "./support/monitoring.ts";
import { connectMqttSoon } from "./support/mqtt.ts";
import { regionName, startDev, type TestRegion } from "./support/region.ts";
import { addStream, patient, streamsOf } from "./support/streams.ts";

type Tree = Record<string, unknown>;
interface Platform {
  accounts: { IOT: { roles: Tree; users: Tree } };
  regions: Record<string, { nats: Tree; monitoring?: Tree }>;
}

/** An MQTT user. */
function withPhone({ accounts: { IOT } }: Platform): void {
  IOT.roles.phone = { bearer: true };
  IOT.users.phone = {
    role: "phone",
    deliver: [{ region: regionName, namespace: "iot", secret: "phone", format: "password" }],
  };
}

/** The dev stack with other settings for its servers, running until the test ends. */
async function startWith(
  t: TestContext,
  settings: (nats: Tree) => Tree,
  change: (platform: Platform) => void = () => undefined,
): Promise<TestRegion> {
  const platform = structuredClone(platformOf("dev")) as unknown as Platform;
  change(platform);
  const { monitoring: _, ...own } = platform.regions[regionName] ?? assert.fail();
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
  const manager = await streamsOf(connection);
  await addStream(manager, { name: "ORDERS", subjects: ["orders.>"] });
  assert.equal((await jetstream(connection, patient).publish("orders.new", "one")).seq, 1);
});

test("a region with a JetStream domain starts, and its JetStream is in that domain", async (t) => {
  const region = await startWith(t, (nats) => ({ jetstream: { ...(nats.jetstream as Tree), domain: "edge" } }));
  for (const server of region.servers) {
    assert.equal((await monitored<{ config: { domain?: string } }>(server, "/jsz")).config.domain, "edge");
  }
  const connection = await connectAs(region, "SERVICES", "orders");
  t.after(() => connection.close());
  const manager = await streamsOf(connection, { domain: "edge" });
  await addStream(manager, { name: "ORDERS", subjects: ["orders.>"], num_replicas: 3 });
  const { seq, domain } = await jetstream(connection, { ...patient, domain: "edge" }).publish("orders.new", "one");
  assert.deepEqual({ seq, domain }, { seq: 1, domain: "edge" });
});

interface Varz {
  mqtt: { ack_wait?: number; max_ack_pending?: number };
}
interface Jsz {
  account_details: { stream_detail?: { name: string; config: { num_replicas: number } }[] }[];
}

const nanoseconds = 1e9;
const mqttVariants: [title: string, mqtt: Tree, settings: (number | undefined)[], replicas: number][] = [
  ["with every setting", { ackWait: "1m", maxAckPending: 7, replicas: 1 }, [60 * nanoseconds, 7], 1],
  ["without any", {}, [undefined, undefined], 3],
];

for (const [title, mqtt, settings, replicas] of mqttVariants) {
  test(`an MQTT listener starts ${title}, and its sessions have as many replicas as it says`, async (t) => {
    const region = await startWith(t, () => ({ mqtt }), withPhone);
    const [server = assert.fail("no server")] = region.servers;
    const { ack_wait: ackWait, max_ack_pending: maxAckPending } = (await monitored<Varz>(server, "/varz")).mqtt;
    assert.deepEqual([ackWait, maxAckPending], settings);
    const secret = secretsOf(readRendered(region.rendered)).find(({ metadata }) => metadata.name === "phone");
    const { username = "", password = "" } = secret?.stringData ?? {};
    (await connectMqttSoon(server.mqttUrl ?? "", { clientId: "phone", username, password })).close();
    const streams = async () => {
      const asked = region.servers.map((it) => monitored<Jsz>(it, "/jsz?accounts=true&streams=true&config=true"));
      return (await Promise.all(asked))
        .flatMap(({ account_details: accounts }) => accounts.flatMap(({ stream_detail: its = [] }) => its))
        .filter(({ name }) => name.startsWith("$MQTT_"));
    };
    await eventually("servers tell of the streams", async () => (await streams()).length > 0);
    for (const { name, config } of await streams()) assert.equal(config.num_replicas, replicas, name);
  });
}

test("a region of five servers in a namespace of another name is one cluster", async (t) => {
  const region = await startWith(t, () => ({
    replicas: 5,
    namespace: "messaging",
    clusterDomain: "cluster.example",
    createNamespace: false,
  }));
  assert.equal(region.servers.length, 5);
  for (const server of region.servers) {
    await eventually(`${server.name} sees a whole meta group`, async () => {
      const { meta_cluster: meta } = await monitored<{ meta_cluster: { cluster_size: number } }>(server, "/jsz");
      return meta.cluster_size === 5;
    });
  }
});
