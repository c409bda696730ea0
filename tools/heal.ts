import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isAlive, startOf } from "./process.ts";

/**
 * Beginnings of the types that can be made again without harm: our dynamic resources, whose doing is in the state or can be done
 * again, and what exists in the state alone: our components, providers, and the stack itself.
 */
const OUR_TYPES = ["pulumi-nodejs:", "nats-platform:", "pulumi:providers:", "pulumi:pulumi:Stack"];
/** A lock is written a moment after its process starts; clocks are read to the tick. */
const CLOCK_SLACK_MS = 2000;

/** What a lock file of a folder backend says of the process that wrote it. */
export interface LockContent {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp: string;
}

/** A lock, and whether the process that took it can still be at work. */
export interface Lock {
  readonly file: string;
  readonly content: LockContent;
  readonly holder: "dead" | "alive" | "elsewhere";
}

/** What we ask of the machine about a process. */
export interface Machine {
  readonly hostname: string;
  isAlive(pid: number): boolean;
  /** Milliseconds since 1970; undefined if unknown. */
  startOf(pid: number): number | undefined;
}

const thisMachine: Machine = { hostname: hostname(), isAlive, startOf };

/** The locks of a stack in a `file://` backend; none for any other backend. */
export function locksOf(backendUrl: string | undefined, project: string, stack: string, machine = thisMachine): Lock[] {
  if (backendUrl?.startsWith("file://") !== true) return [];
  const folder = join(folderOf(backendUrl), ".pulumi", "locks", "organization", project, stack);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => join(folder, name))
    .flatMap((file) => {
      const content = lockContent(file);
      return content === undefined ? [] : [{ file, content, holder: holderOf(content, machine) }];
    });
}

/** Removes a lock that no process holds any more. */
export function removeLock(lock: Lock): void {
  rmSync(lock.file, { force: true });
  // The engine's storage keeps a file of attributes beside each of its files.
  rmSync(`${lock.file}.attrs`, { force: true });
}

/** Whether the process that wrote a lock is gone. A process that started after the lock was written only has the same number. */
export function holderOf(lock: LockContent, machine: Machine): Lock["holder"] {
  if (lock.hostname !== machine.hostname) return "elsewhere";
  if (!machine.isAlive(lock.pid)) return "dead";
  const start = machine.startOf(lock.pid);
  return start !== undefined && start > Date.parse(lock.timestamp) + CLOCK_SLACK_MS ? "dead" : "alive";
}

function lockContent(file: string): LockContent | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as LockContent;
  } catch {
    // Gone since the folder was read, or being written at this moment: the engine will say.
    return undefined;
  }
}

/** Folder of a `file://` backend: `file://~` is the home folder, as it is for Pulumi. */
function folderOf(url: string): string {
  const path = url.slice("file://".length);
  if (path.startsWith("~")) return join(process.env.HOME ?? "", path.slice(1));
  return path.startsWith("/") ? fileURLToPath(url) : path;
}

/** An operation that the engine began and never finished. */
export interface PendingOperation {
  readonly type: string;
  readonly resource: { readonly urn: string; readonly type: string };
}

/** What `pulumi stack export` prints, as far as it matters here. */
export interface Checkpoint {
  readonly version: number;
  readonly deployment: {
    readonly resources?: readonly unknown[];
    readonly pending_operations?: readonly PendingOperation[];
    readonly [other: string]: unknown;
  };
}

/** Parts the pending operations of a checkpoint: ours are left out of the returned checkpoint, all else is as it was. */
export function withoutOurPending(checkpoint: Checkpoint): {
  checkpoint: Checkpoint;
  dropped: readonly PendingOperation[];
  left: readonly PendingOperation[];
} {
  const { pending_operations: pending = [], ...deployment } = checkpoint.deployment;
  const dropped = pending.filter(isOurs);
  const left = pending.filter((operation) => !isOurs(operation));
  const healed = left.length === 0 ? deployment : { ...deployment, pending_operations: left };
  return { checkpoint: { ...checkpoint, deployment: healed }, dropped, left };
}

function isOurs(operation: PendingOperation): boolean {
  return OUR_TYPES.some((type) => operation.resource.type.startsWith(type));
}

/** Writes a checkpoint for `pulumi stack import`, readable by its owner only; its secrets are encrypted. */
export function writeCheckpoint(file: string, checkpoint: Checkpoint): void {
  writeFileSync(file, JSON.stringify(checkpoint), { mode: 0o600 });
}
