import { setTimeout as pause } from "node:timers/promises";

const POLL_MS = 200;

/** How long to wait, and what to say when it was in vain. */
export interface Patience {
  readonly seconds: number;
  /** Called when time is up: what is known of why, such as the end of a log. */
  readonly explain?: () => string;
  /** Says why there is nothing left to wait for, as soon as that is so. */
  readonly isHopeless?: () => string | undefined;
}

/** Asks until the answer is neither undefined nor false, and returns it. An answer that throws counts as not yet. */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  { seconds, explain, isHopeless }: Patience,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  let last = "";
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      last = "";
    } catch (error) {
      last = `: ${error instanceof Error ? error.message : String(error)}`;
    }
    const reason = isHopeless?.();
    if (reason !== undefined) throw new Error(`${what}: it can't come to that: ${reason}`);
    await pause(POLL_MS);
  }
  const why = explain?.() ?? "";
  throw new Error(`${what}: not so after ${String(seconds)} s${last}${why === "" ? "" : `\n${why}`}`);
}
