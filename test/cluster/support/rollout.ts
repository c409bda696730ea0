import { spawn } from "node:child_process";
import type { TestContext } from "node:test";
import { jetstream, type JetStreamClient } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import type { Cluster } from "../../../tools/cluster/cluster.ts";
import { which } from "../../../tools/run.ts";

/** What was seen of a namespace's server pods since a watch began. */
export interface PodWatch {
  /** The least number of pods that were ready at one time, once all had been seen. */
  readonly fewestReady: number;
  /** Names of the pods that went, in that order. */
  readonly gone: readonly string[];
}

const line =
  '{.metadata.name} {.metadata.uid} {.status.conditions[?(@.type=="Ready")].status} {.metadata.deletionTimestamp}{"\\n"}';

/** Watches the server pods; the function that is returned ends the watch, and so does the test. A pod that is being deleted counts as not ready. */
export function watchServerPods(
  context: TestContext,
  { kubeconfig }: Cluster,
  namespace: string,
  size: number,
): () => Promise<PodWatch> {
  const ready = new Map<string, boolean>();
  const gone: string[] = [];
  let fewestReady = size;
  const see = ([name = "", , isReady, deletion = ""]: string[]) => {
    const isDeleted = deletion !== "";
    if (isDeleted && ready.get(name) === true) gone.push(name);
    ready.set(name, isReady === "True" && !isDeleted);
    if (ready.size === size) fewestReady = Math.min(fewestReady, [...ready.values()].filter(Boolean).length);
  };
  const selection = ["-n", namespace, "-l", "app.kubernetes.io/name=nats,app.kubernetes.io/component=server"];
  const kubectl = which("kubectl") ?? "kubectl";
  const child = spawn(
    kubectl,
    ["--kubeconfig", kubeconfig, "get", "pods", ...selection, "--watch", "-o", `jsonpath=${line}`],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const whole of lines) see(whole.split(" "));
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  const end = () => {
    child.kill();
    return ended;
  };
  context.after(end);
  return async () => {
    await end();
    return { fewestReady, gone };
  };
}

/**
 * Publishes numbers from 1 on, one after the other, until the function that is returned is called; that resolves to how many the
 * stream acknowledged. A number without an answer is sent again under its own id, as a careful program does.
 */
export function keepPublishing(
  context: TestContext,
  connection: NatsConnection,
  subject: string,
): () => Promise<number> {
  const client = jetstream(connection, { timeout: 2000 });
  const stop = new AbortController();
  const work = (async () => {
    let acknowledged = 0;
    while (!stop.signal.aborted) {
      await publishOnce(client, subject, acknowledged + 1, stop.signal);
      acknowledged += 1;
    }
    return acknowledged;
  })();
  // Awaited by whoever stops it.
  work.catch(() => undefined);
  context.after(() => {
    stop.abort();
  });
  return () => {
    stop.abort();
    return work;
  };
}

async function publishOnce(client: JetStreamClient, subject: string, number: number, stop: AbortSignal): Promise<void> {
  const end = Date.now() + 60_000;
  for (;;) {
    try {
      await client.publish(subject, String(number), { msgID: `${subject}-${String(number)}` });
      return;
    } catch (error) {
      if (Date.now() > end || stop.aborted) throw error;
    }
  }
}

/** The text of every message that a stream holds under a subject, in order. */
export async function messagesOf(connection: NatsConnection, stream: string, subject: string): Promise<string[]> {
  const consumer = await jetstream(connection, { timeout: 20_000 }).consumers.get(stream, {
    filter_subjects: [subject],
  });
  const { num_pending: waiting } = await consumer.info();
  const found: string[] = [];
  if (waiting === 0) return found;
  const messages = await consumer.fetch({ max_messages: waiting, expires: 20_000 });
  for await (const message of messages) {
    found.push(message.string());
    if (found.length === waiting) break;
  }
  return found;
}
