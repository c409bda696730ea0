import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import {
  holderOf,
  locksOf,
  removeLock,
  withoutOurPending,
  type Checkpoint,
  type Machine,
} from "../../../tools/heal.ts";
import { isAlive, startOf } from "../../../tools/process.ts";

const TAKEN = "2026-11-22T12:00:00Z";

/** A machine called "here" on which process 100 has run since an hour before the lock, and 200 since an hour after. */
const machine: Machine = {
  hostname: "here",
  isAlive: (pid) => pid === 100 || pid === 200 || pid === 300,
  startOf: (pid) => ({ 100: Date.parse("2026-11-22T11:00:00Z"), 200: Date.parse("2026-11-22T13:00:00Z") })[pid],
};

function lockOf(pid: number, hostname = "here") {
  return { pid, hostname, username: "someone", timestamp: TAKEN };
}

test("a lock is dead only if its process is gone, or another has its number now", () => {
  assert.equal(holderOf(lockOf(1), machine), "dead");
  assert.equal(holderOf(lockOf(100), machine), "alive");
  assert.equal(holderOf(lockOf(200), machine), "dead");
});

test("a lock is left alone when nobody knows when its process started", () => {
  assert.equal(holderOf(lockOf(300), machine), "alive");
});

test("a lock of another machine is left alone, whatever runs here", () => {
  assert.equal(holderOf(lockOf(1, "there"), machine), "elsewhere");
});

test("the locks of one stack are found in a folder backend, and removing one leaves the others", (context) => {
  const backend = mkdtempSync(join(tmpdir(), "nats-platform-test-"));
  context.after(() => {
    rmSync(backend, { recursive: true });
  });
  const folder = (stack: string) => join(backend, ".pulumi", "locks", "organization", "project", stack);
  const write = (stack: string, name: string, content: string) => {
    mkdirSync(folder(stack), { recursive: true });
    writeFileSync(join(folder(stack), `${name}.json`), content);
    writeFileSync(join(folder(stack), `${name}.json.attrs`), "{}");
  };
  write("dev", "gone", JSON.stringify(lockOf(1)));
  write("dev", "running", JSON.stringify(lockOf(100)));
  write("dev", "half-written", '{"pid":');
  write("prod", "gone", JSON.stringify(lockOf(1)));

  const locks = locksOf(pathToFileURL(backend).href, "project", "dev", machine);
  assert.deepEqual(locks.map((lock) => [lock.content.pid, lock.holder]).sort(), [
    [1, "dead"],
    [100, "alive"],
  ]);
  locks.filter((lock) => lock.holder === "dead").forEach(removeLock);
  assert.ok(!readdirSync(folder("dev")).some((file) => file.startsWith("gone")));
  assert.equal(readdirSync(folder("dev")).length, 4);
  assert.equal(readdirSync(folder("prod")).length, 2);
});

test("a backend that is not a folder has no locks to look at", () => {
  assert.deepEqual(locksOf("s3://bucket", "project", "dev", machine), []);
  assert.deepEqual(locksOf(undefined, "project", "dev", machine), []);
});

test("pending operations of our dynamic resources are dropped, those of others stay, all else is as it was", () => {
  const ours = { type: "creating", resource: { urn: "urn:1", type: "pulumi-nodejs:dynamic/nats:Key" } };
  const theirs = { type: "updating", resource: { urn: "urn:2", type: "kubernetes:core/v1:Secret" } };
  const resources = [
    { urn: "urn:3", type: "pulumi-nodejs:dynamic/nats:Key", outputs: { seed: { ciphertext: "v1:abc" } } },
  ];
  const manifest = { time: TAKEN };
  const given = {
    version: 3,
    deployment: { manifest, resources, pending_operations: [ours, theirs] },
  } satisfies Checkpoint;

  const healed = withoutOurPending(given);
  assert.deepEqual(healed.dropped, [ours]);
  assert.deepEqual(healed.left, [theirs]);
  assert.deepEqual(healed.checkpoint, {
    version: 3,
    deployment: { manifest, resources, pending_operations: [theirs] },
  });
});

test("a checkpoint without pending operations is as it was", () => {
  const given: Checkpoint = { version: 3, deployment: {} };
  assert.deepEqual(withoutOurPending(given), { checkpoint: given, dropped: [], left: [] });
});

test("this very process is alive and has started before now", () => {
  assert.ok(isAlive(process.pid));
  const start = startOf(process.pid);
  if (process.platform === "linux")
    assert.ok(start !== undefined && start < Date.now() && start > Date.now() - 3_600_000);
});
