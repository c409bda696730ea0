import { until } from "../../../tools/cluster/wait.ts";
import type { Team, Words } from "./asking.ts";
import type { RunningController } from "./discovery.ts";

/** How many ask, and for what. */
export interface Crowd {
  readonly pods: number;
  readonly namespaces: number;
  readonly labels: Words;
}

/** How long it took. */
export interface Measured {
  /** From the first pod to the last. */
  readonly making: number;
  /** From the last pod to the last Secret. */
  readonly after: number;
  /** How many of the pods have a Secret. */
  readonly secrets: number;
  /** Milliseconds from a pod to its Secret with nothing else to do, in order. */
  readonly single: readonly number[];
  readonly memoryMiB: number;
}

/** Makes pods `many-*`, each with a Secret of its own, in namespaces `team-*`, and then twenty single ones. Times in seconds. */
export async function measureMany(team: Team, controller: RunningController, crowd: Crowd): Promise<Measured> {
  const health = async () => (await (await fetch(`${controller.url}/healthz`)).json()) as Record<string, number>;
  const known = (await health()).places ?? 0;
  const namespaces = Array.from({ length: crowd.namespaces }, (_, at) => `team-${at}`);
  await inBatches(namespaces, (name) => team.makeNamespace(name));
  const pods = Array.from({ length: crowd.pods }, (_, at) => ({
    namespace: `team-${at % crowd.namespaces}`,
    name: `many-${at}`,
  }));

  const begin = performance.now();
  await inBatches(pods, ({ namespace, name }) => team.makePod(namespace, name, { ...crowd.labels, secret: name }));
  const made = performance.now();
  const isDone = async () => {
    const { places = 0, waiting } = await health();
    return places >= known + crowd.pods && waiting === 0;
  };
  await until("every place is written", isDone, { seconds: 300, explain: () => controller.log().slice(-3000) });
  const done = performance.now();

  const labelSelector = "app.kubernetes.io/managed-by=nats-platform";
  const { items } = await team.core.listSecretForAllNamespaces({ labelSelector });
  const names = new Set(pods.map(({ name }) => name));
  const secrets = items.filter(({ metadata }) => names.has(metadata?.name ?? "")).length;
  const single: number[] = [];
  for (let at = 0; at < 20; at++) single.push(await singlePod(team, `single-${at}`, crowd.labels));
  return {
    making: (made - begin) / 1000,
    after: (done - made) / 1000,
    secrets,
    single: single.sort((a, b) => a - b),
    memoryMiB: (await health()).memoryMiB ?? 0,
  };
}

/** What was measured, in a sentence. */
export function inWords(crowd: Crowd, { making, after, single, memoryMiB }: Measured): string {
  const milliseconds = (at: number) => (single[at] ?? 0).toFixed(0);
  return [
    `${crowd.pods} pods in ${crowd.namespaces} namespaces made in ${making.toFixed(1)} s`,
    `the last Secret ${after.toFixed(1)} s after the last pod`,
    `a single pod ${milliseconds(10)} ms (median of 20), at most ${milliseconds(19)} ms`,
    `${memoryMiB} MiB of memory`,
  ].join("; ");
}

async function singlePod(team: Team, name: string, labels: Words): Promise<number> {
  await team.makePod("team-0", name, { ...labels, secret: name });
  const from = performance.now();
  while ((await team.secret("team-0", name)) === undefined);
  return performance.now() - from;
}

/** Does this for all of them, twenty at a time. */
async function inBatches<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < all.length; at += 20) await Promise.all(all.slice(at, at + 20).map(work));
}
