import { isAlive, startOf } from "../../tools/process.ts";

/** A process, told apart from a later one with the same id by its start. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Milliseconds since 1970; absent where the system doesn't tell. */
  readonly startedAt?: number | undefined;
}

/** The system computes the start from the clock, which may be set in between. */
const clockToleranceMs = 2_000;

/** The identity of a process that runs now. */
export function identityOf(pid: number): ProcessIdentity {
  return { pid, startedAt: startOf(pid) };
}

/** Whether that very process still runs. */
export function stillRuns({ pid, startedAt }: ProcessIdentity): boolean {
  if (!isAlive(pid)) return false;
  const now = startOf(pid);
  return startedAt === undefined || now === undefined || Math.abs(now - startedAt) < clockToleranceMs;
}
