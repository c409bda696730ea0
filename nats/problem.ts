import { decodePublic } from "./nkeys.ts";

/** One thing that is wrong with a value a person (or a program) gave us. */
export interface Problem {
  /** Where it is, from the root of the checked value: `nats.exports[2].subject`. */
  readonly path: string;
  /** What was found there, in words or as JSON, never a seed. */
  readonly found: string;
  /** What would have been right. */
  readonly allowed: string;
}

/** Takes note of one problem; a validator calls it once for each thing that is wrong. */
export type Report = (path: string, found: unknown, allowed: string) => void;

/** Runs a validator and returns everything that it reported, in its order. */
export function collectProblems(validate: (report: Report) => void): Problem[] {
  const problems: Problem[] = [];
  validate((path, found, allowed) => problems.push({ path, found: show(found), allowed }));
  return problems;
}

/** The problem as one line: `path: found …, but …`. */
export function formatProblem(problem: Problem): string {
  return `${problem.path}: found ${problem.found}, but ${problem.allowed}`;
}

const SHOWN_LENGTH = 100;

/** A value as it may stand in an error: JSON, shortened, and without anything that could be a seed. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  // JSON has no word for NaN and Infinity, nor for a bigint.
  const json = typeof value === "number" || typeof value === "bigint" ? String(value) : JSON.stringify(value);
  const text = json.replace(/[A-Z2-7]{40,}/gi, hideSeed);
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}… (${text.length} characters)` : text;
}

/** A public key is known by its checksum; every other long run of base32 may be secret, or have a part of a seed in it. */
function hideSeed(run: string): string {
  return isPublicKey(run) ? run : `${run.slice(0, 2)}… (${run.length} characters, not shown)`;
}

function isPublicKey(text: string): boolean {
  try {
    decodePublic(text);
    return true;
  } catch {
    return false;
  }
}
