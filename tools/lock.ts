import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { isAlive } from "./process.ts";
import { say } from "./progress.mjs";

const RETRY_MS = 500;

interface Holder {
  readonly host: string;
  readonly pid: number;
}

/** Does `work` while no other process does work under the same lock file. A lock whose process is gone is taken over. */
export async function whileLocked<T>(file: string, work: () => Promise<T>): Promise<T> {
  let hasSpoken = false;
  while (!take(file)) {
    const holder = holderOf(file);
    if (holder === undefined) continue;
    if (holder.host === hostname() && !isAlive(holder.pid)) {
      // Two may come here at once and one remove the other's new lock. Then both build, and the rename lets one win.
      rmSync(file, { force: true });
      continue;
    }
    if (!hasSpoken) say(`waiting for process ${holder.pid} on ${holder.host}, which is building (${file})`);
    hasSpoken = true;
    await pause(RETRY_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Written beside and linked, so that nobody ever reads half a lock. */
function take(file: string): boolean {
  const own = `${file}.${process.pid}`;
  const holder: Holder = { host: hostname(), pid: process.pid };
  writeFileSync(own, JSON.stringify(holder));
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

function holderOf(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Holder;
  } catch {
    return undefined;
  }
}
