import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { connect, credsAuthenticator, type NatsConnection } from "@nats-io/transport-node";
import { parseCreds } from "../../nats/creds.ts";
import { reasonOf, type Log } from "../discover/log.ts";
import type { ExporterArguments } from "./arguments.ts";

/** What a connection is made with. */
export type ConnectionSettings = Pick<ExporterArguments, "servers" | "creds" | "ca">;

/** The first attempt after a connection has ended comes at once, for what happens until then is not counted. */
const RETRY_MS = { first: 250, longest: 5_000 };

/** A connection that ends sooner is a failed attempt: a server may take a client and send it away at once, again and again. */
const LASTING_MS = 5_000;

/**
 * Connects until the signal ends it, and again whenever the connection has ended. The files are read each time: credentials that are
 * renewed in a Secret are taken without a restart.
 *
 * @param onConnected is called for each connection; a connection for which it fails is closed and made anew
 */
export async function keepConnected(
  settings: ConnectionSettings,
  onConnected: (connection: NatsConnection) => Promise<void>,
  onLost: () => void,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const isOver = () => signal.aborted;
  let failures = 0;
  let lastReason: string | undefined;
  while (!isOver()) {
    let reason: string;
    try {
      const connection = await connectOnce(settings);
      const close = () => void connection.close();
      signal.addEventListener("abort", close, { once: true });
      try {
        if (isOver()) close();
        else await onConnected(connection);
        const since = performance.now();
        const end = await connection.closed();
        if (performance.now() - since >= LASTING_MS) {
          failures = 0;
          lastReason = undefined;
        }
        reason = end instanceof Error ? end.message : "it was closed";
      } finally {
        signal.removeEventListener("abort", close);
        await connection.close();
        onLost();
      }
    } catch (error) {
      reason = reasonOf(error);
    }
    if (isOver()) return;
    // One line for each new reason: servers that are away for a night would fill the log.
    if (reason !== lastReason) log("warn", "not connected to the servers: trying again", { reason });
    lastReason = reason;
    await pause(
      failures === 0 ? 0 : Math.min(RETRY_MS.longest, RETRY_MS.first * 2 ** Math.min(failures, 10)),
      undefined,
      {
        signal,
      },
    ).catch(() => undefined);
    failures += 1;
  }
}

function connectOnce({ servers, creds, ca }: ConnectionSettings): Promise<NatsConnection> {
  const text = readFileSync(creds, "utf8");
  try {
    parseCreds(text);
  } catch (error) {
    throw new Error(`${creds}: ${reasonOf(error)}`, { cause: error });
  }
  const isTls = ca !== undefined || servers.some((url) => url.startsWith("tls://"));
  return connect({
    servers: servers.map((url) => url.replace(/^tls:/, "nats:")),
    authenticator: credsAuthenticator(new TextEncoder().encode(text)),
    name: "nats-platform system-exporter",
    timeout: 5_000,
    // A new connection of our own instead: it reads the files again.
    reconnect: false,
    // A server that hangs is noticed after 15 seconds: the default is six minutes.
    pingInterval: 5_000,
    maxPingOut: 2,
    ...(isTls ? { tls: ca === undefined ? {} : { ca: readFileSync(ca, "utf8") } } : {}),
  });
}
