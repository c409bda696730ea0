import type { ClientType, ConnectionEvent } from "./events.ts";

/** A login that was refused, to be counted. */
export type Refusal = Pick<ConnectionEvent, "server"> & { readonly clientType: ClientType | "callout" };

/** Counts each refused login once, though a server may tell of it twice. */
export interface Refusals {
  /** What the server says to the operator: it is counted at once. */
  refused(event: ConnectionEvent): void;
  /** What the server says to an account, right before it says the same to the operator. */
  refusedInAccount(event: ConnectionEvent, now: number): void;
  /** Counts what accounts alone were told of. */
  settle(now: number): void;
}

/** The operator's event follows the account's at once: nats-server 2.15 sends both from one place, one after the other. */
const PATIENCE_MS = 2000;

/** How many connections are remembered: the two events of one are milliseconds apart. */
const REMEMBERED = 10_000;

/** @param count is called once for each login that was refused */
export function startRefusals(count: (refusal: Refusal) => void): Refusals {
  const counted = new Set<string>();
  const waiting = new Map<string, { readonly server: string; readonly since: number }>();
  const countOnce = (connection: string, refusal: Refusal) => {
    waiting.delete(connection);
    if (counted.has(connection)) return;
    counted.add(connection);
    // The oldest comes first in a Set.
    if (counted.size > REMEMBERED) for (const oldest of [...counted].slice(0, REMEMBERED / 10)) counted.delete(oldest);
    count(refusal);
  };
  const settle = (isOver: (since: number) => boolean) => {
    for (const [connection, { server, since }] of waiting)
      if (isOver(since)) countOnce(connection, { server, clientType: "callout" });
  };
  return {
    refused: ({ connection, server, clientType }) => {
      countOnce(connection, { server, clientType });
    },
    refusedInAccount: ({ connection, server }, now) => {
      if (!counted.has(connection)) waiting.set(connection, { server, since: now });
      if (waiting.size > REMEMBERED) settle(() => true);
    },
    settle: (now) => {
      settle((since) => now - since >= PATIENCE_MS);
    },
  };
}
