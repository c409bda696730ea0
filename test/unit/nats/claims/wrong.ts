import assert from "node:assert/strict";

import { formatProblem, type Problem } from "../../../../nats/problem.ts";

/** Fields of a claim, and every problem that they bring with them. */
export type Wrong<Fields> = [wrong: Fields, ...problems: string[]];

/** Input that the types forbid, as JSON from elsewhere may be. */
export function untyped(value: unknown): never {
  return value as never;
}

/** Makes sure that each case has exactly its problems. */
export function check<Fields>(cases: Wrong<Fields>[], validate: (fields: Fields) => Problem[]): void {
  for (const [fields, ...expected] of cases) assert.deepEqual(validate(fields).map(formatProblem), expected);
}
