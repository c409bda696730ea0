import { makeInformer, type Informer, type KubeConfig, type KubernetesObject } from "@kubernetes/client-node";
import type { ControllerSettings } from "../../components/discovery/settings.ts";
import { kubernetesFailure, statusOf } from "../../providers/kubernetes/failure.ts";
import { reasonOf, type Log } from "./log.ts";
import type { AskingObject } from "./request.ts";
import { askingObject, sourcesOf, type Source } from "./sources.ts";

/** What a watch tells. */
export interface Sightings {
  seen(source: string, prefix: string, object: AskingObject): void;
  gone(source: string, object: Pick<AskingObject, "namespace" | "name">): void;
}

/** Watches that go on whatever the API server does. */
export interface Watches {
  /** Whether each of them has told once of everything that is there. */
  isComplete(): boolean;
  /** Resolves when they are complete. */
  readonly complete: Promise<void>;
  stop(): Promise<void>;
}

/** A failed watch is tried again after that long, twice as long each time. */
const RETRY_MS = { first: 500, longest: 15_000 };

/** NACK's kind may come later, so that its lack counts only when it was seen this often: a starting API server lacks it too. */
const ABSENT_AFTER = 3;

/** Watches pods and NACK Accounts which have the `secret` label of a prefix, so that others are never in memory. */
export function startWatches(
  config: KubeConfig,
  settings: Pick<ControllerSettings, "namespace" | "labelPrefixes" | "nack">,
  sightings: Sightings,
  log: Log,
): Watches {
  const sources = sourcesOf(config, settings);
  let finish: () => void = () => undefined;
  const complete = new Promise<void>((resolve) => (finish = resolve));
  const told = new Set<string>();
  const running = sources.map((source) =>
    startWatch(config, source, sightings, log, () => {
      told.add(source.name);
      if (told.size === sources.length) finish();
    }),
  );
  return {
    isComplete: () => told.size === sources.length,
    complete,
    async stop() {
      await Promise.all(running.map((stop) => stop()));
    },
  };
}

function startWatch(
  config: KubeConfig,
  source: Source,
  sightings: Sightings,
  log: Log,
  onTold: () => void,
): () => Promise<void> {
  const { name, kind, apiVersion, prefix, path, right } = source;
  const selector = `${prefix}secret`;
  let failures = 0;
  let absences = 0;
  let startedAt = 0;
  let isStopped = false;
  let retry: NodeJS.Timeout | undefined;

  const list = async () => {
    const found = await source.list(selector);
    // The informer takes the list in as soon as it has it; only then has everything been told.
    setImmediate(onTold);
    failures = 0;
    absences = 0;
    return found;
  };
  const informer: Informer<KubernetesObject> = makeInformer(config, path, list, selector);
  const seen = (object: KubernetesObject) => {
    const asking = askingObject(object, kind, apiVersion);
    if (asking !== undefined) sightings.seen(name, prefix, asking);
  };
  informer.on("add", seen);
  informer.on("update", seen);
  informer.on("delete", ({ metadata }) => {
    sightings.gone(name, { namespace: metadata?.namespace ?? "", name: metadata?.name ?? "" });
  });
  informer.on("error", (error: unknown) => {
    if (isStopped) return;
    if (source.mayBeAbsent && statusIn(error) === 404) {
      absences += 1;
      if (absences === ABSENT_AFTER) {
        log("info", `${name}: there is no such kind in this cluster yet`);
        onTold();
      }
    } else {
      log("warn", "a watch has ended, and is taken up again", { reason: failureText(error, right, name) });
    }
    // One that had gone on for a while did not fail: it goes on where it was, without a new list.
    if (performance.now() - startedAt > RETRY_MS.longest) failures = 0;
    const pause = Math.min(RETRY_MS.longest, RETRY_MS.first * 2 ** Math.min(failures, 10));
    failures += 1;
    clearTimeout(retry);
    retry = setTimeout(start, pause);
  });
  const start = () => {
    startedAt = performance.now();
    informer.start().catch((error: unknown) => {
      log("error", "a watch could not be started", { source: name, reason: reasonOf(error) });
    });
  };
  start();
  return async () => {
    isStopped = true;
    clearTimeout(retry);
    await informer.stop();
  };
}

function statusIn(error: unknown): number | undefined {
  const { statusCode } = error as { statusCode?: unknown };
  return statusOf(error) ?? (typeof statusCode === "number" ? statusCode : undefined);
}

function failureText(error: unknown, right: string, name: string): string {
  const status = statusIn(error);
  if (status === undefined || statusOf(error) !== undefined) return kubernetesFailure(error, right, name).message;
  return `${name}: could not ${right} (${status}): ${reasonOf(error)}`;
}
