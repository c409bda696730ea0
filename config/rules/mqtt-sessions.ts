import { type Path, show } from "../problem.ts";
import type { Account } from "../schema.ts";

/** What an account has not, in words that fit after "sessions are", and where it would stand. */
export interface Lacking {
  readonly allowed: string;
  readonly given: readonly Path[];
}

/** `$MQTT_msgs`, `$MQTT_rmsgs`, `$MQTT_sess`, `$MQTT_qos2in` and `$MQTT_out`, which nats-server 2.15 makes when the first client connects. */
const STREAMS = 5;

/**
 * What keeps MQTT sessions out of an account, or undefined. A server that can't make the streams cuts the client off, and says why in
 * its own log alone.
 */
export function lackingForSessions(name: string, { jetstream }: Pick<Account, "jetstream">): Lacking | undefined {
  const path = ["accounts", name, "jetstream"];
  const what = `${String(STREAMS)} streams of files and their consumers in the account`;
  if (jetstream === undefined) return { allowed: `${what}: add jetstream to ${name}`, given: [path] };
  const { disk, streams, consumers } = jetstream;
  const few = (field: string, found: number, wanted: string): Lacking => ({
    allowed: `${what}: ${path.join(".")}.${field} is ${show(found)}, and must be ${wanted}`,
    given: [[...path, field]],
  });
  if (disk === 0) return few("disk", disk, "more");
  if (streams !== -1 && streams < STREAMS) return few("streams", streams, `unlimited, or ${String(STREAMS)} or more`);
  if (consumers === 0) return few("consumers", consumers, "more");
  return undefined;
}
