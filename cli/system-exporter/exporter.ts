import { setTimeout as pause } from "node:timers/promises";
import type { NatsConnection } from "@nats-io/transport-node";
import { systemEvents } from "../../nats/system-exporter.ts";
import type { Health } from "../discover/health.ts";
import { reasonOf, type Log } from "../discover/log.ts";
import type { ExporterArguments } from "./arguments.ts";
import { keepConnected } from "./connection.ts";
import { connectionEvent, type ConnectionEvent } from "./events.ts";
import { exporterMetrics } from "./metrics.ts";
import { poll, type Ask } from "./poll.ts";
import { startRefusals } from "./refusals.ts";

/** An exporter at work. */
export interface Exporter {
  health(): Health;
  /** What Prometheus reads. */
  metrics(): Promise<string>;
  readonly contentType: string;
  /** Resolves when it does nothing any more, which is after the signal. */
  readonly ended: Promise<void>;
}

/** How many intervals an answer is served, and how many may pass until the process counts as stuck. */
const INTERVALS = 3;

/** How long servers have for an answer, at most. */
const ANSWER_MS = 2_000;

/** Connects, listens and polls until the signal ends it. */
export function startExporter(
  settings: Omit<ExporterArguments, "port">,
  log: Log,
  signal: AbortSignal,
  now: () => number = () => performance.now(),
): Exporter {
  const intervalMs = settings.intervalSeconds * 1000;
  const answerMs = Math.min(ANSWER_MS, intervalMs / 3);
  const metrics = exporterMetrics(INTERVALS * intervalMs, now);
  const refusals = startRefusals((refusal) => {
    metrics.refused(refusal);
  });
  let connection: NatsConnection | undefined;
  /** Subjects of events that the servers let us not hear, so that nothing is counted. */
  const denied = new Set<string>();
  let lastPoll = now();
  let lastProblems = "";

  const listen = (to: NatsConnection, subject: string, heard: (event: ConnectionEvent) => void) => {
    to.subscribe(subject, {
      callback: (error, message) => {
        if (error !== null) {
          denied.add(subject);
          log("error", "events cannot be heard: the role of the user has to allow the subject", { subject });
          return;
        }
        const event = connectionEvent(message.string());
        // Gateways bring the events of other clusters.
        if (event !== undefined && event.cluster === to.info?.cluster) heard(event);
      },
    });
  };
  const onConnected = async (to: NatsConnection) => {
    denied.clear();
    listen(to, systemEvents.refused, (event) => {
      refusals.refused(event);
    });
    listen(to, systemEvents.refusedInAccount, (event) => {
      refusals.refusedInAccount(event, now());
    });
    listen(to, systemEvents.disconnected, ({ server, reason }) => {
      metrics.disconnected(server, reason);
    });
    await to.flush();
    connection = to;
    metrics.connected(true);
    log("info", "connected", { server: to.getServer() });
    wake();
  };
  const onLost = () => {
    connection = undefined;
    metrics.connected(false);
  };

  const pollOnce = async () => {
    const problems = connection === undefined ? ["there is no connection to the servers"] : await ask(connection);
    const all = [...problems, ...[...denied].map((subject) => `the role does not allow to subscribe to ${subject}`)];
    if (all.length > 0) metrics.pollFailed();
    const text = all.join("; ");
    if (text !== lastProblems && connection !== undefined)
      log(text === "" ? "info" : "warn", text === "" ? "all is answered again" : "a poll has failed", {
        problems: all,
      });
    lastProblems = text;
    refusals.settle(now());
    lastPoll = now();
  };
  const ask = async (of: NatsConnection): Promise<readonly string[]> => {
    try {
      const { facts, problems } = await poll(askAll(of, answerMs), settings.mqttClients, of.info?.cluster);
      if (facts !== undefined) metrics.learned(facts);
      return problems;
    } catch (error) {
      return [reasonOf(error)];
    }
  };

  let wake: () => void = () => undefined;
  /** An interval, or less when there is a new connection. */
  const rest = async (ms: number) => {
    const woken = new AbortController();
    wake = () => {
      woken.abort();
    };
    await pause(ms, undefined, { signal: AbortSignal.any([signal, woken.signal]) }).catch(() => undefined);
  };
  const polling = async () => {
    // Nothing has failed before there was time for a connection.
    await rest(intervalMs);
    while (!signal.aborted) {
      const started = now();
      await pollOnce();
      await rest(Math.max(0, intervalMs - (now() - started)));
    }
  };
  const ended = Promise.all([keepConnected(settings, onConnected, onLost, log, signal), polling()]);

  return {
    health: () => ({
      ready: connection !== undefined && denied.size === 0 && metrics.isFresh(),
      isWell: now() - lastPoll < INTERVALS * (intervalMs + 2 * ANSWER_MS),
      connected: connection !== undefined,
      denied: [...denied],
    }),
    metrics: () => metrics.registry.metrics(),
    contentType: metrics.registry.contentType,
    ended: ended.then(() => undefined),
  };
}

/** Servers answer one question with one message each. */
function askAll(connection: NatsConnection, answerMs: number): Ask {
  return async (subject, payload, enough) => {
    const answers: string[] = [];
    const until =
      enough === undefined ? ({ strategy: "timer" } as const) : ({ strategy: "count", maxMessages: enough } as const);
    const asked = await connection.requestMany(subject, JSON.stringify(payload), { ...until, maxWait: answerMs });
    for await (const message of asked) answers.push(message.string());
    return answers;
  };
}
