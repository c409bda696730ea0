import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { until } from "../../../cli/local/health.ts";
import type { RunningServer } from "../../../cli/local/server.ts";

const patienceSeconds = 60;

/** Reads a monitoring endpoint, such as `/varz`. The test knows what is in it. */
export async function monitored<T>({ monitorUrl }: Pick<RunningServer, "monitorUrl">, path: string): Promise<T> {
  const response = await fetch(`${monitorUrl}${path}`);
  return (await response.json()) as T;
}

/** Waits for a condition, and fails when it doesn't come: late, as the machine may be busy. */
export async function eventually(
  what: string,
  ask: () => boolean | Promise<boolean>,
  seconds = patienceSeconds,
): Promise<void> {
  assert.ok(await until(Date.now() + seconds * 1000, ask), `${what}: not within ${seconds} s`);
}

/** Waits until an answer is the expected one, and fails with the last one that came. */
export async function becomes<T>(ask: () => Promise<T>, expected: T, what?: string): Promise<void> {
  const last: { answer?: T } = {};
  await until(Date.now() + patienceSeconds * 1000, async () => {
    last.answer = await ask();
    return isDeepStrictEqual(last.answer, expected);
  });
  assert.deepEqual(last.answer, expected, what);
}
