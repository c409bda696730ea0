import { setImmediate as nextTurn } from "node:timers/promises";
import { PermissionViolationError, type NatsConnection } from "@nats-io/transport-node";
import { until } from "../../../cli/local/health.ts";

/** What became of a message. */
export type Hearing = "arrived" | "refused" | "both" | "lost";

const patienceMs = 20_000;
let messages = 0;

/**
 * One connection listens, another one speaks: waits until the message arrives or the server refuses one of the two.
 * @param isRefused whether the server has said so
 */
export async function hears(
  listener: NatsConnection,
  pattern: string,
  speaker: NatsConnection,
  subject: string,
  isRefused: () => boolean,
): Promise<Hearing> {
  const text = `message ${++messages}`;
  const arrived: string[] = [];
  const subscription = listener.subscribe(pattern, {
    callback: (error, message) => {
      if (error === null && message.string() === text) arrived.push(text);
    },
  });
  await listener.flush();
  speaker.publish(subject, text);
  // Both are on one server, which by then has delivered or refused; a turn of the loop later we know of it.
  await speaker.flush();
  await listener.flush();
  await nextTurn();
  await until(Date.now() + patienceMs, () => arrived.length > 0 || isRefused());
  subscription.unsubscribe();
  // What comes late would belong to the next question.
  await Promise.all([listener.flush(), speaker.flush()]);
  if (arrived.length > 0) return isRefused() ? "both" : "arrived";
  return isRefused() ? "refused" : "lost";
}

/** What the server has refused to a connection so far, such as `publish orders.new` or `subscription >`. */
export function watchViolations(connection: NatsConnection): ReadonlySet<string> {
  const violations = new Set<string>();
  void (async () => {
    for await (const status of connection.status()) {
      if (status.type !== "error" || !(status.error instanceof PermissionViolationError)) continue;
      violations.add(`${status.error.operation} ${status.error.subject}`);
    }
  })();
  return violations;
}
