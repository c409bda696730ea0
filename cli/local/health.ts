import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { RunningServer } from "./server.ts";

const pollMs = 50;
const answerMs = 2_000;

/** Asks until the answer is yes. @returns whether that came before the deadline (milliseconds since 1970) */
export async function until(deadline: number, ask: () => boolean | Promise<boolean>): Promise<boolean> {
  for (;;) {
    if (await ask()) return true;
    if (Date.now() >= deadline) return false;
    await pause(pollMs);
  }
}

/** The status with which a server's monitoring port answers; undefined where it doesn't. */
export async function statusOf(
  { monitorUrl }: Pick<RunningServer, "monitorUrl">,
  path: string,
): Promise<number | undefined> {
  try {
    const response = await fetch(`${monitorUrl}${path}`, { signal: AbortSignal.timeout(answerMs) });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return undefined;
  }
}

const routez = z.looseObject({ routes: z.array(z.looseObject({ remote_name: z.string().default("") })).default([]) });

/** Names of the servers that a server has routes to, each once and in order; undefined where it doesn't answer. */
export async function routesOf({ monitorUrl }: Pick<RunningServer, "monitorUrl">): Promise<string[] | undefined> {
  try {
    const response = await fetch(`${monitorUrl}/routez`, { signal: AbortSignal.timeout(answerMs) });
    const { routes } = routez.parse(await response.json());
    return [...new Set(routes.map(({ remote_name: name }) => name))].sort();
  } catch {
    return undefined;
  }
}

const jsz = z.looseObject({ meta_cluster: z.looseObject({ leader: z.string().default("") }).optional() });

/** Who leads JetStream's meta group, as one server sees it; undefined where it sees no leader. */
export async function metaLeader({ monitorUrl }: Pick<RunningServer, "monitorUrl">): Promise<string | undefined> {
  try {
    const response = await fetch(`${monitorUrl}/jsz`, { signal: AbortSignal.timeout(answerMs) });
    const leader = jsz.parse(await response.json()).meta_cluster?.leader;
    return leader === "" ? undefined : leader;
  } catch {
    return undefined;
  }
}
