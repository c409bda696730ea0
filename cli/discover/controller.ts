import { setTimeout as pause } from "node:timers/promises";
import { CoreV1Api, type KubeConfig } from "@kubernetes/client-node";
import { ledgerNames, withdrawnNames } from "../../components/discovery/names.ts";
import type { ControllerKeys, ControllerSettings } from "../../components/discovery/settings.ts";
import { openConfigMap, type ConfigMapRecord } from "./config-map.ts";
import { startEvents } from "./events.ts";
import type { Health } from "./health.ts";
import { startGrace } from "./grace.ts";
import { issuersOf } from "./issuers.ts";
import { readLedger } from "./ledger.ts";
import { reasonOf, type Log } from "./log.ts";
import { startQueue } from "./queue.ts";
import { reconciler } from "./reconcile.ts";
import { makeSnapshot } from "./snapshot.ts";
import { startWatches } from "./watches.ts";
import { readWithdrawn } from "./withdrawn.ts";

/** A controller at work. */
export interface Controller {
  health(): Health;
  /** Ends what is under way, and takes up nothing more. */
  stop(): Promise<void>;
}

/** What a {@link Controller} needs. */
export interface ControllerArgs {
  readonly config: KubeConfig;
  readonly settings: ControllerSettings;
  readonly keys: ControllerKeys;
  readonly log: Log;
  /** Ends a start that waits for the API server. */
  readonly signal: AbortSignal;
}

/** How many places are written at once. */
const AT_ONCE = 20;

/** Pause before the records are asked for again. */
const RETRY_MS = 2000;

/** Starts to hand out credentials; resolves once everything that asks is known. @throws Trouble where the keys are not the settings' */
export async function startController({ config, settings, keys, log, signal }: ControllerArgs): Promise<Controller> {
  const issue = issuersOf(settings, keys);
  const core = config.makeApiClient(CoreV1Api);
  const records = (names: readonly string[]) => openAll(core, settings.home, names, log, signal);
  const ledger = readLedger(await records(ledgerNames));
  const withdrawn = readWithdrawn(await records(withdrawnNames));

  const resyncMs = settings.resyncSeconds * 1000;
  const snapshot = makeSnapshot();
  const events = startEvents(core, resyncMs, log);
  const secrets = { core, where: `the cluster of region ${settings.region}` };
  const grace = startGrace(settings.graceSeconds, (key) => {
    queue.add(key);
  });
  const work = reconciler({ settings, snapshot, ledger, withdrawn, issue, secrets, grace, events, log });
  const queue = startQueue({
    atOnce: AT_ONCE,
    work,
    onFailure: (place, error, retryMs) => {
      log("error", "a place could not be brought up to date", { place, retryMs, reason: reasonOf(error) });
    },
  });
  // Before everything is known, nothing that seems to be missing is: so nothing is done.
  const touch = (keysOfPlaces: readonly string[]) => {
    if (watches.isComplete()) for (const key of keysOfPlaces) queue.add(key);
  };
  const watches = startWatches(
    config,
    settings,
    {
      seen: (source, prefix, object) => {
        touch(snapshot.put(source, prefix, object));
      },
      gone: (source, object) => {
        touch(snapshot.remove(source, object));
      },
    },
    log,
  );
  // Behind what has just changed: going through thousands of places takes a while.
  const everything = () => {
    if (watches.isComplete()) for (const key of [...snapshot.keys(), ...ledger.held()]) queue.addLater(key);
  };
  const resync = setInterval(everything, resyncMs);
  void watches.complete.then(() => {
    log("info", "everything that asks is known", { places: snapshot.keys().length, held: ledger.held().length });
    everything();
  });
  return {
    health: () => ({
      ready: watches.isComplete(),
      places: snapshot.keys().length,
      waiting: queue.size,
      memoryMiB: Math.round(process.memoryUsage().rss / 2 ** 20),
    }),
    async stop() {
      clearInterval(resync);
      grace.stop();
      await watches.stop();
      await queue.stop();
      await events.stop();
    },
  };
}

/** Reads the records, however long it takes until the API server gives them. */
async function openAll(
  core: CoreV1Api,
  namespace: string,
  names: readonly string[],
  log: Log,
  signal: AbortSignal,
): Promise<ConfigMapRecord[]> {
  for (;;) {
    try {
      return await Promise.all(names.map((name) => openConfigMap(core, namespace, name)));
    } catch (error) {
      log("warn", "the records can't be read yet", { reason: reasonOf(error) });
    }
    await pause(RETRY_MS, undefined, { signal });
  }
}
