import { serverPorts } from "../../nats/conf/server.ts";
import { formatDuration } from "../durations.ts";
import { type Finding, type Path, show } from "../problem.ts";
import type { Account, NatsSettings, Platform } from "../schema.ts";
import { formatSize } from "../sizes.ts";
import { requests } from "./requests.ts";
import type { Rule } from "./rule.ts";

/** Settings of one region that must fit each other. */
export const servers: Rule = function* (platform) {
  const homes = new Map<string, string>();
  for (const [region, { target, nats }] of Object.entries(platform.regions)) {
    const path = ["regions", region, "nats"];
    yield* memory(nats, path);
    yield* requests(nats.resources, [...path, "resources"]);
    yield* lameDuck(nats, path);
    yield* mqtt(nats, [...path, "mqtt"]);
    if (nats.replicas === 1) yield* reservations(platform.accounts, nats, path);
    if (!("context" in target)) continue;
    const home = JSON.stringify([target.clusterIdentifier, nats.namespace]);
    const other = homes.get(home);
    homes.set(home, region);
    if (other === undefined) continue;
    yield {
      path: [...path, "namespace"],
      found: show(nats.namespace),
      allowed: `region ${other} has it on the same cluster (${target.clusterIdentifier}): give one of them another namespace`,
    };
  }
};

function* memory({ jetstream, resources }: NatsSettings, path: Path): Generator<Finding> {
  const limit = resources.limits.memory;
  const limitPath = [...path, "resources", "limits", "memory"];
  if (jetstream.memoryStore.size > limit / 2) {
    yield {
      path: [...path, "jetstream", "memoryStore", "size"],
      found: formatSize(jetstream.memoryStore.size),
      allowed: `at most half of the memory limit of ${formatSize(limit)} can go to it: connections and caches need the rest`,
      given: [limitPath],
    };
  }
}

function* lameDuck(
  { lameDuck: { gracePeriodSeconds, durationSeconds } }: NatsSettings,
  path: Path,
): Generator<Finding> {
  if (gracePeriodSeconds < durationSeconds) return;
  // nats-server 2.15 refuses to start otherwise.
  yield {
    path: [...path, "lameDuck", "gracePeriod"],
    found: formatDuration(gracePeriodSeconds),
    allowed: `it must be shorter than the duration of ${formatDuration(durationSeconds)}`,
    given: [[...path, "lameDuck", "duration"]],
  };
}

function* mqtt({ mqtt: settings, replicas }: NatsSettings, path: Path): Generator<Finding> {
  if (settings === undefined) return;
  const taken = Object.entries(serverPorts).find(([, port]) => port === settings.port);
  if (taken !== undefined) {
    const allowed = `the servers have it for something else (${taken[0]}): choose another one, such as 1883 or 8883`;
    yield { path: [...path, "port"], found: show(settings.port), allowed };
  }
  if (settings.replicas === undefined || settings.replicas <= replicas) return;
  yield {
    path: [...path, "replicas"],
    found: show(settings.replicas),
    allowed: `a stream can have no more replicas than there are servers: ${String(replicas)}`,
    given: [[...path.slice(0, -1), "replicas"]],
  };
}

/**
 * nats-server 2.15 (jetstream.go, sufficientResources): a server that is not clustered turns JetStream off for an account
 * whose limit does not fit beside those of the others. Clustered servers do not check.
 */
function* reservations(accounts: Platform["accounts"], nats: NatsSettings, path: Path): Generator<Finding> {
  const stores = [
    ["disk", "fileStore", nats.jetstream.fileStore.size],
    ["memory", "memoryStore", nats.jetstream.memoryStore.size],
  ] as const;
  for (const [kind, store, capacity] of stores) {
    const sum = Object.values(accounts).reduce((total, account) => total + reserved(account, kind), 0);
    if (sum <= capacity) continue;
    yield {
      path: [...path, "jetstream", store, "size"],
      found: formatSize(capacity),
      allowed: `the accounts' JetStream ${kind} limits add up to ${formatSize(sum)}, and a single server must have room for all of them`,
      given: [["accounts"]],
    };
  }
}

function reserved({ jetstream }: Account, kind: "disk" | "memory"): number {
  return Math.max(0, jetstream?.[kind] ?? 0);
}
