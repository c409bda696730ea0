import { mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

/** Folder of this test file's own, removed at its end. */
export const scratch = realpathSync(mkdtempSync(join(tmpdir(), "nats-platform-engine-")));

after(async () => {
  await nothingRuns();
  rmSync(scratch, { recursive: true, force: true });
});

/** Waits for what a killed engine left running to end by itself, and fails if it does not. */
async function nothingRuns(): Promise<void> {
  for (let waited = 0; ; waited += 100) {
    const left = processesIn(scratch);
    if (left.length === 0) return;
    if (waited > 60_000) throw new Error(`still running in the tests' folder: ${left.join(", ")}`);
    await pause(100);
  }
}

/** Ids of the processes that work in a folder, or below it. Linux only; elsewhere none. */
export function processesIn(folder: string): number[] {
  return processIds().filter((pid) => {
    try {
      return `${readlinkSync(`/proc/${pid}/cwd`)}/`.startsWith(`${folder}/`);
    } catch {
      return false; // it has ended meanwhile
    }
  });
}

function processIds(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}
