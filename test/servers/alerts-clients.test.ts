import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { NatsConnection } from "@nats-io/transport-node";
import { connectAs } from "./support/clients.ts";
import { becomes, eventually } from "./support/monitoring.ts";
import { assertSilent, provoke } from "./support/provoked.ts";
import { startSilentClient, type SilentClient } from "./support/silent-client.ts";
import { startWatched, type WatchedRegion } from "./support/watched-region.ts";

/** Everything is 30 times as fast: half a second stands for the 15 seconds between two scrapes. */
const [factor, scrapeSeconds] = [30, 0.5];
/** As much as the servers take in one message, nearly. */
const nearlyMebibyte = new Uint8Array(1024 * 1024 - 100);

let watched: WatchedRegion;

before(async () => {
  watched = await startWatched({
    factor,
    scrapeSeconds,
    changes: { NatsConnectionLimitNear: { threshold: 1050 / 65_536 }, NatsCpuHigh: { threshold: 5 } },
  });
});
after(() => watched.end());

test("1,100 connections to one server are many, and near a limit that is no higher", async (t) => {
  const { region, prometheus } = watched;
  const { creds } = region.credential("SERVICES", "billing");
  const [url = ""] = region.urls;
  const clients: SilentClient[] = [];
  await provoke(t, prometheus, {
    what: "1,100 clients connect to one server",
    alerts: ["NatsConnectionsHigh", "NatsConnectionLimitNear"],
    cause: async () => {
      while (clients.length < 1100) {
        const some = Array.from({ length: 20 }, () => startSilentClient(url, creds, "orders.silence"));
        clients.push(...(await Promise.all(some)));
      }
    },
    check: async () => {
      // One page of the server's list is all that connz counts; it is not there in time for every scrape.
      const counted = async () => (await prometheus.query('nats_connz_num_connections{pod="nats-0"}'))[0]?.value;
      await becomes(counted, 1024);
    },
    cure: () => {
      for (const client of clients) client.close();
      return Promise.resolve();
    },
  });
});

test("clients do not read what they are sent, again and again: they are slow, publishers stall, memory and cores are used up", async (t) => {
  const { prometheus, region } = watched;
  const pod = watched.pods[0] ?? assert.fail();
  const publisher = await connectAs(region, "SERVICES", "orders");
  t.after(() => publisher.close());
  const enough = new AbortController();
  let flooding = Promise.resolve();
  await provoke(t, prometheus, {
    what: "clients do not read what they are sent",
    alerts: ["NatsSlowConsumers", "NatsStalledClients", "NatsCpuHigh", "NatsMemoryHigh"],
    silent: ["NatsFabricSlowConsumers"],
    cause: async () => {
      await cutOffReader(publisher);
      flooding = (async () => {
        while (!enough.signal.aborted) await cutOffReader(publisher);
      })();
    },
    cure: async () => {
      enough.abort();
      await flooding;
      // Go gives memory back late.
      await pod.killServer();
      await pod.restore();
    },
  });
});

test("one burst that a client does not read is no alarm, though it is seen", async () => {
  const { prometheus, region } = watched;
  const publisher = await connectAs(region, "SERVICES", "orders");
  const started = Date.now();
  await cutOffReader(publisher);
  await publisher.close();
  const isSeen = async () => (await prometheus.alerts("NatsSlowConsumers")).length > 0;
  await eventually("the burst is seen", isSeen);
  await eventually("it is over", async () => !(await isSeen()), 60);
  await assertSilent(prometheus, ["NatsSlowConsumers", "NatsFabricSlowConsumers"], started);
});

test("a server that hangs while much is sent to it is a slow route", async (t) => {
  const { region, prometheus, pods } = watched;
  const pod = pods[1] ?? assert.fail();
  const publisher = await connectAs(region, "SERVICES", "orders");
  const reader = await connectAs(region, "SERVICES", "orders", { urls: [pod.server.url] });
  reader.subscribe("orders.flood");
  await reader.flush();
  t.after(() => Promise.all([publisher.close(), reader.close()]));
  await provoke(t, prometheus, {
    what: "a server hangs while others send to it",
    alerts: ["NatsFabricSlowConsumers"],
    cause: async () => {
      pod.server.kill("SIGSTOP");
      await flood(publisher, 200);
    },
    cure: () => {
      pod.server.kill("SIGCONT");
      return Promise.resolve();
    },
  });
});

/** A client that does not read, and more for it than the server keeps for anybody. */
async function cutOffReader(publisher: NatsConnection): Promise<void> {
  const { region } = watched;
  const { creds } = region.credential("SERVICES", "billing");
  const reader = await startSilentClient(region.urls[0] ?? "", creds, "orders.flood");
  await flood(publisher, 90);
  reader.close();
}

/** Sends so many times 1 MiB, as fast as the server takes it. */
async function flood(publisher: NatsConnection, messages: number): Promise<void> {
  for (let number = 0; number < messages; number++) {
    publisher.publish("orders.flood", nearlyMebibyte);
    await publisher.flush();
  }
}
