import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { jetstream, type ConsumerConfig, type JetStreamClient, type JetStreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { platformOf } from "../support/program.ts";
import { connectAs } from "./support/clients.ts";
import { eventually } from "./support/monitoring.ts";
import { provoke } from "./support/provoked.ts";
import { addConsumer, addStream, patient, streamsOf } from "./support/streams.ts";
import { startWatched, type WatchedRegion } from "./support/watched-region.ts";

/** Everything is 30 times as fast: half a second stands for the 15 seconds between two scrapes. */
const [factor, scrapeSeconds] = [30, 0.5];
const halfMebibyte = new Uint8Array(512 * 1024);
const nanoseconds = 1_000_000_000;

let watched: WatchedRegion;
let connection: NatsConnection;
let manager: JetStreamManager;
let client: JetStreamClient;

before(async () => {
  watched = await startWatched({
    factor,
    scrapeSeconds,
    run: { platform: withSmallStores(platformOf("dev")) },
    changes: { NatsStreamSubjectsHigh: { threshold: 1000 }, NatsHaAssetsHigh: { threshold: 5 } },
  });
  const { region } = watched;
  connection = await connectAs(region, "SERVICES", "orders", { urls: region.urls, reconnect: true });
  manager = await streamsOf(connection);
  client = jetstream(connection, patient);
});
after(async () => {
  await watched.end();
  await connection.close();
});

// Each has alerts and streams of its own, so that they need not wait for each other.
suite("alerts on JetStream", { concurrency: true }, () => {
  test("a stream fills the file store of its server, and of its account", async (t) => {
    await provoke(t, watched.prometheus, {
      what: "the file store is filled",
      alerts: ["NatsJetStreamStorageHigh", "NatsAccountStorageHigh"],
      cause: async () => {
        await addStream(manager, { name: "FILE", subjects: ["orders.file"], num_replicas: 1 });
        await fill("orders.file", 55);
      },
      cure: () => manager.streams.delete("FILE"),
    });
  });

  test("a stream fills the memory store of its server", async (t) => {
    await provoke(t, watched.prometheus, {
      what: "the memory store is filled",
      alerts: ["NatsJetStreamMemoryHigh"],
      cause: async () => {
        await addStream(manager, { name: "RAM", subjects: ["orders.ram"], storage: "memory", num_replicas: 1 });
        await fill("orders.ram", 27);
      },
      cure: () => manager.streams.delete("RAM"),
    });
  });

  test("consumers lag, are stuck from the start or later, wait for acknowledgements and deliver again", async (t) => {
    const wait: Partial<ConsumerConfig> = { ack_policy: "explicit", ack_wait: 300 * nanoseconds };
    const failing = new AbortController();
    t.after(() => {
      failing.abort();
    });
    await provoke(t, watched.prometheus, {
      what: "consumers do not do their work",
      alerts: [
        "NatsConsumerLag",
        "NatsConsumerStuck",
        "NatsAckPendingFull",
        "NatsRedeliveries",
        "NatsStreamSubjectsHigh",
        "NatsHaAssetsHigh",
      ],
      cause: async () => {
        await addStream(manager, { name: "WORK", subjects: ["orders.work.*"], num_replicas: 3 });
        for (const name of ["unread", "stuck", "waits"])
          await addConsumer(manager, "WORK", { durable_name: name, ...wait });
        await addConsumer(manager, "WORK", { durable_name: "fails", ...wait, ack_wait: nanoseconds / 2 });
        await publish(10_500, (number) => `orders.work.${String(number)}`);
        (await (await client.consumers.get("WORK", "stuck")).next())?.ack();
        await take("waits", 1000, 30);
        void (async () => {
          while (!failing.signal.aborted) await take("fails", 300).catch(() => undefined);
        })();
      },
      check: async (now) => {
        const named = (alert: string) =>
          now
            .filter(({ labels }) => labels.alertname === alert)
            .map(({ labels }) => labels.consumer_name)
            .sort();
        await eventually("the one that is read by nobody is stuck too", async () => {
          const stuck = (await watched.prometheus.alerts("NatsConsumerStuck")).map(
            ({ labels }) => labels.consumer_name,
          );
          return stuck.includes("unread") && stuck.includes("stuck") && !stuck.includes("fails");
        });
        assert.deepEqual(named("NatsRedeliveries"), ["fails"]);
        assert.ok(named("NatsAckPendingFull").includes("waits"));
        assert.ok(!named("NatsConsumerLag").includes("waits"), "9,500 are no lag");
      },
      cure: async () => {
        failing.abort();
        await manager.streams.delete("WORK");
      },
    });
  });

  test("a client asks JetStream again and again for what is not there", async (t) => {
    const asking = new AbortController();
    t.after(() => {
      asking.abort();
    });
    await provoke(t, watched.prometheus, {
      what: "requests to JetStream's API fail",
      alerts: ["NatsJetStreamApiErrors"],
      cause: async () => {
        const ask = () => manager.streams.info("NOWHERE").catch(() => undefined);
        await ask();
        void (async () => {
          while (!asking.signal.aborted) await ask();
        })();
      },
      cure: () => {
        asking.abort();
        return Promise.resolve();
      },
    });
  });

  test("a mirror that cannot store what it gets falls behind", async (t) => {
    await addStream(manager, { name: "ORIGIN", subjects: ["orders.origin"], num_replicas: 1 });
    await provoke(t, watched.prometheus, {
      what: "a mirror is full",
      alerts: ["NatsMirrorLag"],
      cause: async () => {
        const full = { max_msgs: 10, discard: "new" } as const;
        await addStream(manager, { name: "FULL", mirror: { name: "ORIGIN" }, num_replicas: 1, ...full });
        await publish(5000, () => "orders.origin");
      },
      cure: () => manager.streams.delete("FULL"),
    });
  });
});

test("a mirror and a stream with a source hear nothing from an origin whose server is dead, though their lag stays none", async (t) => {
  const { pods, prometheus } = watched;
  const leader = async (name: string) => (await manager.streams.info(name)).cluster?.leader;
  await addStream(manager, { name: "FIRST", subjects: ["orders.first"], num_replicas: 1 });
  const place = await leader("FIRST");
  const pod = pods.find(({ name }) => name === place) ?? assert.fail("the origin is nowhere");
  await addStream(manager, { name: "MIRROR", mirror: { name: "FIRST" }, num_replicas: 3 });
  await addStream(manager, { name: "SOURCED", sources: [{ name: "FIRST" }], num_replicas: 3 });
  await client.publish("orders.first", "1");
  await provoke(t, prometheus, {
    what: "the origin of a mirror is dead",
    alerts: ["NatsMirrorDisconnected"],
    silent: ["NatsMirrorLag"],
    cause: () => pod.killServer(),
    check: () =>
      eventually("both hear nothing", async () => {
        const streams = (await prometheus.alerts("NatsMirrorDisconnected")).map(({ labels }) => labels.stream_name);
        return streams.sort().join() === "MIRROR,SOURCED";
      }),
    cure: () => pod.restore(),
  });
});

/** Publishes that many, and waits until the server has them. */
async function publish(messages: number, subject: (number: number) => string): Promise<void> {
  for (let number = 0; number < messages; number++) {
    connection.publish(subject(number));
    if (number % 500 === 0) await connection.flush();
  }
  await connection.flush();
}

async function fill(subject: string, mebibytes: number): Promise<void> {
  for (let half = 0; half < 2 * mebibytes; half++) await client.publish(subject, halfMebibyte);
}

/** Takes messages, as many as come in time, and acknowledges none. */
async function take(consumer: string, messages: number, seconds = 1): Promise<void> {
  const from = await client.consumers.get("WORK", consumer);
  for await (const _ of await from.fetch({ max_messages: messages, expires: seconds * 1000 }));
}

type Tree = Record<string, unknown>;

/** Stores that a test can fill. The account may use a little less than a server has. */
function withSmallStores(platform: Tree): Tree {
  const { accounts, regions } = platform as {
    accounts: { SERVICES: Tree };
    regions: { local: { nats: { jetstream: Tree } & Tree } & Tree };
  };
  const { local } = regions;
  const jetstream = { ...local.nats.jetstream, fileStore: { size: "64Mi" } };
  const services = { ...accounts.SERVICES, jetstream: { disk: "60Mi", memory: "30Mi", streams: 20, consumers: 100 } };
  return {
    ...platform,
    accounts: { ...accounts, SERVICES: services },
    regions: { local: { ...local, nats: { ...local.nats, jetstream } } },
  };
}
