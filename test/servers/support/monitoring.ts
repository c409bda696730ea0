import assert from "node:assert/strict";
import { until } from "../../../cli/local/health.ts";
import type { RunningServer } from "../../../cli/local/server.ts";

/** Reads a monitoring endpoint, such as `/varz`. The test knows what is in it. */
export async function monitored<T>({ monitorUrl }: Pick<RunningServer, "monitorUrl">, path: string): Promise<T> {
  const response = await fetch(`${monitorUrl}${path}`);
  return (await response.json()) as T;
}

/** Names of the servers that a server has routes to, each once. */
export async function routesOf(server: Pick<RunningServer, "monitorUrl">): Promise<string[]> {
  const { routes = [] } = await monitored<{ routes?: { remote_name?: string }[] }>(server, "/routez");
  return [...new Set(routes.map(({ remote_name: name = "" }) => name))].sort();
}

/** Waits for a condition, and fails when it doesn't come. */
export async function eventually(what: string, ask: () => boolean | Promise<boolean>, seconds = 20): Promise<void> {
  assert.ok(await until(Date.now() + seconds * 1000, ask), `${what}: not within ${seconds} s`);
}
