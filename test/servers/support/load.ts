import assert from "node:assert/strict";
import { jetstream, type JetStreamClient, type JetStreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { connectAs } from "./clients.ts";
import { eventually } from "./monitoring.ts";
import { connectMqtt, MqttRefusal, type MqttClient, type MqttLogin } from "./mqtt.ts";
import type { TestRegion } from "./region.ts";
import { addConsumer, addStream, streamsOf } from "./streams.ts";

/** Work that clients of several accounts give the dev region, in rounds. */
export interface Load {
  /** One round: publishes so many orders, lets consumers work off some, and MQTT clients say something. */
  round(messages: number): Promise<void>;
  /** So many clients beside those that work, spread over all servers. */
  idle(count: number): Promise<void>;
  end(): Promise<void>;
}

const mebibyte = 1 << 20;
const streams = ["ORDERS", "RETURNS", "INVOICES"] as const;
const subjects = { ORDERS: "orders.new", RETURNS: "orders.back", INVOICES: "billing.due" } as const;

/** How many of the messages each consumer takes: less than all is lag that grows. */
const consumers = { shipping: 1, statistics: 0.6, archive: 0 } as const;

/**
 * Makes streams with three replicas, consumers with and without lag, MQTT sessions, and connects the clients.
 *
 * @param mqttPassword JWT of IOT's user `phone`, who is a bearer
 */
export async function startLoad(region: TestRegion, mqttPassword: string): Promise<Load> {
  const connections: NatsConnection[] = [];
  const others: NatsConnection[] = [];
  const phones: MqttClient[] = [];
  const end = async () => {
    for (const phone of phones) phone.close();
    await Promise.all([...connections, ...others].map((it) => it.close()));
  };
  const everywhere = { urls: region.urls, reconnect: true, maxReconnectAttempts: -1 };
  const connected = async (user: string) => {
    const connection = await connectAs(region, "SERVICES", user, everywhere);
    connections.push(connection);
    return connection;
  };
  try {
    const connection = await connected("orders");
    const manager = await streamsOf(connection);
    for (const name of streams) await makeStream(manager, name);
    (await connected("audit")).subscribe("orders.>", { callback: () => undefined });
    for (const [index, server] of region.servers.entries()) {
      const login = { clientId: `phone-${String(index)}`, username: "phone", password: mqttPassword };
      phones.push(await signedIn(server.mqttUrl ?? "", login));
    }
    phones[0]?.subscribe("sensors/phone/#");
    const client = jetstream(connection, { timeout: 3000 });
    return {
      round: roundsOf(client, phones),
      idle: async (count) => {
        while (others.length < count) {
          const url = region.urls[others.length % region.urls.length] ?? "";
          others.push(await connectAs(region, "SERVICES", "billing", { urls: [url] }));
        }
        await Promise.all(others.splice(count).map((it) => it.close()));
      },
      end,
    };
  } catch (error) {
    // They would connect again and again, to servers that are gone.
    await end();
    throw error;
  }
}

function roundsOf(client: JetStreamClient, phones: readonly MqttClient[]): Load["round"] {
  let rounds = 0;
  return async (messages) => {
    rounds += 1;
    // Not all at once: a server without its leader answers late, and the others are not to wait for it.
    await Promise.allSettled([publish(client, messages), say(phones, rounds)]);
    await Promise.allSettled(streams.map((stream) => consume(client, stream, messages / streams.length)));
  };
}

/** The first client of an account makes the streams for sessions, and is sent away if an election among their replicas takes too long. */
async function signedIn(url: string, login: MqttLogin): Promise<MqttClient> {
  let client: MqttClient | undefined;
  await eventually(`${login.clientId} is signed in`, async () => {
    client = await connectMqtt(url, login).catch((error: unknown) => {
      if (error instanceof MqttRefusal) return undefined;
      throw error;
    });
    return client !== undefined;
  });
  return client ?? assert.fail();
}

async function makeStream(manager: JetStreamManager, name: (typeof streams)[number]): Promise<void> {
  await addStream(manager, { name, subjects: [subjects[name]], num_replicas: 3, max_bytes: 8 * mebibyte });
  for (const durable_name of Object.keys(consumers)) {
    await addConsumer(manager, name, { durable_name, ack_policy: "explicit" });
  }
}

/** Most go to the first stream. */
async function publish(client: JetStreamClient, messages: number): Promise<void> {
  const text = "x".repeat(200);
  const shares = { ORDERS: 0.6, RETURNS: 0.1, INVOICES: 0.3 } as const;
  const sent = streams.flatMap((stream) =>
    Array.from({ length: Math.ceil(messages * shares[stream]) }, () => client.publish(subjects[stream], text)),
  );
  await Promise.allSettled(sent);
}

async function consume(client: JetStreamClient, stream: (typeof streams)[number], messages: number): Promise<void> {
  for (const [name, share] of Object.entries(consumers)) {
    const count = Math.ceil(messages * share);
    const consumer = await client.consumers.get(stream, name);
    if (count === 0) continue;
    for await (const message of await consumer.fetch({ max_messages: count, expires: 1000 })) message.ack();
  }
}

async function say(phones: readonly MqttClient[], round: number): Promise<void> {
  for (const [index, phone] of phones.entries()) {
    phone.publish(`sensors/phone/${String(index)}`, String(round), { qos: 1 });
    phone.publish(`sensors/phone/kept-${String(index)}-${String(round % 20)}`, String(round), { retain: true });
  }
  await Promise.resolve();
}
