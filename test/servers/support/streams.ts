import { jetstreamManager, type JetStreamManager, type StreamConfig } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { eventually } from "./monitoring.ts";

/** Streams of a connection's account. A server that has just started says for a moment that the account has no JetStream (2.15). */
export async function streamsOf(connection: NatsConnection): Promise<JetStreamManager> {
  const hasJetStream = async () => {
    const answer = await connection.request("$JS.API.INFO", "", { timeout: 5000 });
    return answer.json<{ error?: unknown }>().error === undefined;
  };
  await eventually("the account has JetStream", hasJetStream);
  return jetstreamManager(connection);
}

/**
 * Makes a stream. A cluster that has just started, or is busy, refuses one with replicas for a moment, with changing reasons (nats-server
 * 2.15: "error creating store for stream", "no suitable peers"): what is asked again is the same stream.
 */
export async function addStream(
  manager: JetStreamManager,
  config: Partial<StreamConfig> & { name: string },
): Promise<void> {
  let refusal = "";
  try {
    await eventually(`stream ${config.name} is made`, () =>
      manager.streams.add(config).then(
        () => true,
        (error: unknown) => {
          refusal = String(error);
          return false;
        },
      ),
    );
  } catch (error) {
    throw new Error(`${String(error)}: ${refusal}`, { cause: error });
  }
}
