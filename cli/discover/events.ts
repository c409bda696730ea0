import { hash } from "node:crypto";
import { PatchStrategy, setHeaderOptions, type CoreV1Api } from "@kubernetes/client-node";
import { statusOf } from "../../providers/kubernetes/failure.ts";
import { reasonOf, type Log } from "./log.ts";
import { startQueue, type Queue } from "./queue.ts";
import type { AskingObject } from "./request.ts";
import { isWarning, type Reason, type Refusal } from "./refusal.ts";

/** Who reports, as `kubectl get events` shows it. */
const COMPONENT = "nats-discovery";

/** Longest message that the API takes. */
const MESSAGE_LENGTH = 1024;

/** Reports on objects with Kubernetes Events. One that can't be written is logged, and holds nothing up. */
export interface Events {
  /** What was done: each time counts. */
  did(object: AskingObject, reason: Reason, message: string): void;
  /** What is the matter: the same again counts once in a while. */
  refuse(object: AskingObject, refusal: Refusal): void;
  stop(): Promise<void>;
}

/** One Event for each object, reason and message: always the same name. */
export function eventName({ name, uid }: AskingObject, reason: Reason, message: string): string {
  const digest = hash("sha256", JSON.stringify([uid, reason, message]), "hex").slice(0, 16);
  return `${name.slice(0, 200).replace(/[.-]+$/, "")}.${digest}`;
}

/** An Event as it is first made. */
export function newEvent(object: AskingObject, reason: Reason, text: string, now: Date) {
  const message = text.slice(0, MESSAGE_LENGTH);
  const { apiVersion, kind, namespace, name, uid } = object;
  return {
    metadata: { name: eventName(object, reason, message), namespace },
    involvedObject: { apiVersion, kind, namespace, name, uid },
    reason,
    message,
    type: isWarning(reason) ? "Warning" : "Normal",
    source: { component: COMPONENT },
    reportingComponent: COMPONENT,
    reportingInstance: COMPONENT,
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  };
}

type NewEvent = ReturnType<typeof newEvent>;

/** Starts to report. @param repeatMs how long a refusal that stays as it is is not reported again */
export function startEvents(core: CoreV1Api, repeatMs: number, log: Log): Events {
  const waiting = new Map<string, { event: NewEvent; times: number }>();
  const counts = new Map<string, { count: number; at: number }>();

  const queue: Queue = startQueue({
    atOnce: 5,
    async work(key) {
      const next = waiting.get(key);
      waiting.delete(key);
      if (next === undefined) return;
      const { event, times } = next;
      const known = counts.get(key)?.count;
      try {
        counts.set(key, { count: await written(core, event, times, known), at: Date.now() });
      } catch (error) {
        // What the API refuses now it refuses again; where it did not answer, or failed, it is asked once more.
        const isOver = (statusOf(error) ?? 500) < 500;
        if (!isOver) waiting.set(key, { event, times: times + (waiting.get(key)?.times ?? 0) });
        throw error;
      }
    },
    onFailure: (_, error) => {
      log("warn", "an Event could not be written", { reason: reasonOf(error) });
    },
  });

  const report = (event: NewEvent) => {
    const key = `${event.metadata.namespace}/${event.metadata.name}`;
    const before = waiting.get(key)?.times ?? 0;
    waiting.set(key, { event, times: before + 1 });
    queue.add(key);
  };
  const isRecent = (key: string, now: number) => {
    const last = counts.get(key);
    return waiting.has(key) || (last !== undefined && now - last.at < repeatMs);
  };
  const forgetting = setInterval(() => {
    const old = Date.now() - Math.max(repeatMs * 3, 3_600_000);
    for (const [key, { at }] of counts) if (at < old) counts.delete(key);
  }, 600_000);
  forgetting.unref();

  return {
    did(object, reason, message) {
      report(newEvent(object, reason, message, new Date()));
    },
    refuse(object, { reason, message }) {
      const event = newEvent(object, reason, message, new Date());
      if (!isRecent(`${event.metadata.namespace}/${event.metadata.name}`, Date.now())) report(event);
    },
    stop() {
      clearInterval(forgetting);
      return queue.stop();
    },
  };
}

/** Makes an Event, or counts one that is there already on. Returns its count. */
async function written(core: CoreV1Api, event: NewEvent, times: number, known: number | undefined): Promise<number> {
  const { namespace, name } = event.metadata;
  const patch = (body: object) =>
    core.patchNamespacedEvent({ namespace, name, body }, setHeaderOptions("Content-Type", PatchStrategy.MergePatch));
  const lastTimestamp = event.lastTimestamp.toISOString().replace(/\.\d+Z$/, "Z");
  if (known === undefined) {
    try {
      await core.createNamespacedEvent({ namespace, body: { ...event, count: times } });
      return times;
    } catch (error) {
      if (statusOf(error) !== 409) throw error;
    }
  }
  try {
    // What it was counted to before a restart is in the answer to a change: reading Events takes a right that we don't have.
    const before = known ?? (await patch({ lastTimestamp })).count ?? 0;
    await patch({ lastTimestamp, count: before + times });
    return before + times;
  } catch (error) {
    // Events are forgotten after an hour.
    if (statusOf(error) !== 404) throw error;
    await core.createNamespacedEvent({ namespace, body: { ...event, count: times } });
    return times;
  }
}
