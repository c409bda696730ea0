import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { test } from "node:test";
import { startQueue } from "../../../../cli/discover/queue.ts";

/** Work that ends when it is told to. */
function gates() {
  const open = new Map<string, () => void>();
  const started: string[] = [];
  return {
    started,
    work: (key: string) => {
      started.push(key);
      return new Promise<void>((resolve) => open.set(key, resolve));
    },
    finish: async (key: string) => {
      open.get(key)?.();
      await turn();
    },
  };
}

const noFailure = (key: string, error: unknown) => {
  assert.fail(`${key}: ${String(error)}`);
};

test("so many at once, each key once at a time, and once more where it was added meanwhile", async () => {
  const { started, work, finish } = gates();
  const queue = startQueue({ atOnce: 2, work, onFailure: noFailure });
  for (const key of ["a", "a", "b", "c"]) queue.add(key);
  assert.deepEqual(started, ["a", "b"]);
  queue.add("a");
  queue.add("a");
  await finish("b");
  assert.deepEqual(started, ["a", "b", "c"]);
  await finish("a");
  assert.deepEqual(started, ["a", "b", "c", "a"]);
  await finish("a");
  await finish("c");
  assert.equal(queue.size, 0);
  assert.equal(started.length, 4);
});

test("what has just changed goes before what is only looked at again", async () => {
  const { started, work, finish } = gates();
  const queue = startQueue({ atOnce: 1, work, onFailure: noFailure });
  for (const key of ["x", "y", "z"]) queue.addLater(key);
  queue.add("new");
  queue.add("z");
  for (const key of ["x", "new", "z", "y"]) await finish(key);
  assert.deepEqual(started, ["x", "new", "z", "y"]);
});

test("a failure is tried again, later each time, until it succeeds", async () => {
  const pauses: number[] = [];
  let tries = 0;
  const done = Promise.withResolvers<undefined>();
  const queue = startQueue({
    atOnce: 1,
    backoffMs: { first: 1, longest: 3 },
    work() {
      tries += 1;
      if (tries < 5) return Promise.reject(new Error("not yet"));
      done.resolve(undefined);
      return Promise.resolve();
    },
    onFailure: (_, __, retryMs) => pauses.push(retryMs),
  });
  queue.add("a");
  await done.promise;
  assert.deepEqual(pauses, [1, 2, 3, 3]);
  await queue.stop();
});

test("stopping waits for what runs, and starts nothing more", async () => {
  const { started, work, finish } = gates();
  const queue = startQueue({ atOnce: 1, work, onFailure: noFailure });
  queue.add("a");
  queue.add("b");
  let hasStopped = false;
  const stopped = queue.stop().then(() => (hasStopped = true));
  queue.add("c");
  await turn();
  assert.ok(!hasStopped);
  await finish("a");
  await stopped;
  assert.deepEqual(started, ["a"]);
});
