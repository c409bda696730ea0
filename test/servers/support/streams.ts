import {
  jetstreamManager,
  type ConsumerConfig,
  type JetStreamManager,
  type JetStreamManagerOptions,
  type StreamConfig,
} from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { eventually } from "./monitoring.ts";

/** How long JetStream has for an answer: the machine may be busy. */
export const patient = { timeout: 10_000 } as const;

/** Streams of a connection's account. A server that has just started says for a moment that the account has no JetStream (2.15). */
export async function streamsOf(
  connection: NatsConnection,
  options: JetStreamManagerOptions = {},
): Promise<JetStreamManager> {
  return granted("the account has JetStream", () => jetstreamManager(connection, { ...patient, ...options }));
}

/**
 * Makes a stream. A cluster that has just started, or is busy, refuses one with replicas for a moment, with changing reasons (nats-server
 * 2.15: "error creating store for stream", "no suitable peers"): what is asked again is the same stream.
 */
export async function addStream(
  manager: JetStreamManager,
  config: Partial<StreamConfig> & { name: string },
): Promise<void> {
  await granted(`stream ${config.name} is made`, () => manager.streams.add(config));
}

/** Makes a consumer: where its replicas choose no leader in time, it is asked for again. */
export async function addConsumer(
  manager: JetStreamManager,
  stream: string,
  config: Partial<ConsumerConfig> & { durable_name: string },
): Promise<void> {
  await granted(`consumer ${config.durable_name} is made`, () => manager.consumers.add(stream, config));
}

/** Asks until it is not refused, and returns the answer; fails with the last refusal. */
async function granted<T>(what: string, ask: () => Promise<T>): Promise<T> {
  const answers: T[] = [];
  let refusal: unknown;
  const isGranted = () =>
    ask().then(
      (answer) => answers.push(answer) > 0,
      (error: unknown) => {
        refusal = error;
        return false;
      },
    );
  try {
    await eventually(what, isGranted);
  } catch (error) {
    throw new Error(`${String(error)}: ${String(refusal)}`, { cause: error });
  }
  const [answer] = answers;
  return answer as T;
}
