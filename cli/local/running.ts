import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { Trouble } from "../../tools/project.ts";
import { until } from "./health.ts";
import { identityOf, stillRuns } from "./identity.ts";
import { writePrivate } from "./server.ts";

const processSchema = z.object({ pid: z.number(), startedAt: z.number().optional() });
const recordSchema = z.object({ owner: processSchema, servers: z.array(processSchema) });

const stopMs = 10_000;

/** Writes down which servers run for this process, so that a later start can end what we could not. */
export function recordRunning(folder: string, pids: readonly number[]): void {
  writePrivate(recordFile(folder), JSON.stringify({ owner: identityOf(process.pid), servers: pids.map(identityOf) }));
}

/** Forgets them. */
export function forgetRunning(folder: string): void {
  rmSync(recordFile(folder), { force: true });
}

/**
 * Ends servers that an earlier start left behind in this folder.
 * @returns how many there were
 * @throws Trouble where that start still runs
 */
export async function endLeftovers(folder: string): Promise<number> {
  const record = readRecord(folder);
  if (record === undefined) return 0;
  if (stillRuns(record.owner)) {
    throw new Trouble(`This region runs already, in process ${String(record.owner.pid)}: stop that one first.`);
  }
  const left = record.servers.filter(stillRuns);
  for (const { pid } of left) process.kill(pid, "SIGTERM");
  await until(Date.now() + stopMs, () => !left.some(stillRuns));
  for (const { pid } of left.filter(stillRuns)) process.kill(pid, "SIGKILL");
  forgetRunning(folder);
  return left.length;
}

function recordFile(folder: string): string {
  return join(folder, "running.json");
}

/** A record that can't be read was being written when its process was killed, before any server ran for long. */
function readRecord(folder: string): z.infer<typeof recordSchema> | undefined {
  try {
    return recordSchema.parse(JSON.parse(readFileSync(recordFile(folder), "utf8")));
  } catch {
    return undefined;
  }
}
