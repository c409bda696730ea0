import { after, before, test } from "node:test";
import { becomes, eventually } from "./support/monitoring.ts";
import type { MqttClient, MqttLogin } from "./support/mqtt.ts";
import { connectPhone, platformWithPhones } from "./support/phones.ts";
import { provoke } from "./support/provoked.ts";
import { startWatched, type WatchedRegion } from "./support/watched-region.ts";

/** Everything is 30 times as fast: half a second stands for the 15 seconds between two scrapes. */
const [factor, scrapeSeconds] = [30, 0.5];

let watched: WatchedRegion;

before(async () => {
  watched = await startWatched({
    ...{ factor, scrapeSeconds, run: { platform: platformWithPhones() } },
    context: { keepsMqttConsumers: true },
    changes: { NatsMqttSessionsHigh: { threshold: 20 }, NatsMqttBacklog: { threshold: 500 } },
  });
  // The first client of the account has the streams for sessions made.
  (await phone("first")).close();
  const isTold = async () => (await sessions()) !== undefined;
  await eventually("the stream of sessions is scraped", isTold);
});
after(() => watched.end());

test("clients that take a new id each time leave a session behind each time", async (t) => {
  const ids = Array.from({ length: 21 }, (_, number) => `stray-${String(number)}`);
  await provoke(t, watched.prometheus, {
    what: "many MQTT clients leave their sessions behind",
    alerts: ["NatsMqttSessionsHigh"],
    silent: ["NatsMqttBacklog"],
    cause: async () => {
      for (const id of ids) (await phone(id, { keepsSession: true })).close();
    },
    check: () => becomes(sessions, ids.length),
    cure: async () => {
      for (const id of ids) (await phone(id)).close();
    },
  });
  await eventually("no session is left", async () => (await sessions()) === 0);
});

test("messages wait for MQTT clients that are away, until they come back; each of their consumers is none that is stuck", async (t) => {
  const ids = ["hall", "attic", "cellar"];
  const sender = await phone("sender");
  t.after(() => {
    sender.close();
  });
  const back: MqttClient[] = [];
  await provoke(t, watched.prometheus, {
    what: "messages wait for MQTT clients that are away",
    alerts: ["NatsMqttBacklog"],
    silent: ["NatsMqttSessionsHigh", "NatsConsumerLag", "NatsConsumerStuck", "NatsAckPendingFull"],
    cause: async () => {
      for (const id of ids) {
        const client = await phone(id, { keepsSession: true });
        client.subscribe("sensors/#");
        await eventually("the subscription is a consumer", async () => (await consumers()).length > ids.indexOf(id));
        client.close();
      }
      // What comes before a server has noticed that a client went away is on its way to it, and does not wait.
      await eventually("many messages wait", async () => {
        for (let number = 0; number < 50; number++) sender.publish("sensors/door", String(number), { qos: 1 });
        return (await waiting()) > 600;
      });
    },
    cure: async () => {
      for (const id of ids) back.push(await phone(id, { keepsSession: true }));
    },
  });
  for (const client of back) client.close();
  for (const id of ids) (await phone(id)).close();
});

const told = 'nats_consumer_num_pending{stream_name="$MQTT_msgs",is_consumer_leader="true"}';

async function consumers() {
  return watched.prometheus.query(told);
}

async function waiting(): Promise<number> {
  return (await consumers()).reduce((sum, { value }) => sum + value, 0);
}

async function sessions(): Promise<number | undefined> {
  const [found] = await watched.prometheus.query(
    'nats_stream_total_messages{stream_name="$MQTT_sess",is_stream_leader="true"}',
  );
  return found?.value;
}

function phone(clientId: string, session: Pick<MqttLogin, "keepsSession"> = {}): Promise<MqttClient> {
  return connectPhone(watched.region, clientId, session);
}
