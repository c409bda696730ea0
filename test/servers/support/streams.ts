import { jetstreamManager, type JetStreamManager } from "@nats-io/jetstream";
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
