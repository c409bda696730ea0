import { z } from "zod";
import { subjectProblem } from "../nats/subjects.ts";
import { durationPattern, formatDuration, parseDuration } from "./durations.ts";
import type { NameRule } from "./names.ts";
import { listed } from "./problem.ts";
import { formatSize, parseSize, sizePattern } from "./sizes.ts";

/**
 * A map with exactly these keys. The message of an unknown key is the list of known ones; the parser of the whole
 * configuration (parse.ts) makes a sentence of it, with the nearest known key for a typo.
 */
export function strict<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const keys = Object.keys(shape);
  const map = `a map is needed here; its keys are ${listed(keys, "and")}`;
  return z.strictObject(shape, { error: (issue) => (issue.code === "unrecognized_keys" ? keys.join(", ") : map) });
}

/** A map from names to values; `holds` says in an error what is in it. */
export function mapOf<Value extends z.core.SomeType>(name: NameRule, value: Value, holds: string) {
  return z.record(text(name), value, { error: `a map of ${holds} is needed here` });
}

/** A list; `holds` says in an error what is in it. */
export function listOf<Item extends z.core.SomeType>(item: Item, holds: string) {
  return z.array(item, { error: `a list of ${holds} is needed here` });
}

/** Text that fits a rule. */
export function text(rule: NameRule) {
  return z.string({ error: rule.allowed }).regex(rule.pattern, { error: rule.allowed });
}

/** Text without a form of its own, not empty. */
export function words(what: string) {
  return z.string({ error: `${what} is needed here` }).min(1, { error: `${what} is needed here` });
}

/** true or false. */
export function flag() {
  return z.boolean({ error: "only true or false can stand here" });
}

/** A whole number from `min` up. */
export function whole(min: number) {
  const error = `a whole number from ${min} up is needed here`;
  return z.int({ error }).min(min, { error });
}

/** A count of things with `-1` or `unlimited` for no limit; parsed as a number. */
export function limit() {
  const error = "a whole number from 0 up is needed here, or -1 (or unlimited) for no limit";
  return z
    .union([z.int({ error }).min(-1, { error }), z.literal("unlimited", { error })], { error })
    .transform((value) => (value === "unlimited" ? -1 : value));
}

/** A size of at least `min` bytes; parsed as a number of bytes. */
export function size(min: number) {
  const error = `a size from ${formatSize(min)} up is needed here, such as 512Mi, 20Gi or 10G, or a number of bytes`;
  return z
    .union([z.int({ error }).min(0, { error }), z.string({ error }).regex(sizePattern, { error })], { error })
    .transform((value, context) => {
      const bytes = parseSize(value);
      if (bytes !== undefined && bytes >= min) return bytes;
      context.addIssue({ code: "custom", message: error });
      return z.NEVER;
    });
}

/** A size, or `-1` or `unlimited` for no limit; parsed as a number of bytes. */
export function sizeLimit() {
  const error =
    "a size such as 512Mi, 20Gi or 10G, a number of bytes, or -1 (or unlimited) for no limit is needed here";
  return z
    .union(
      [
        z.int({ error }).min(-1, { error }),
        z.string({ error }).regex(new RegExp(`${sizePattern.source}|^unlimited$`), { error }),
      ],
      { error },
    )
    .transform((value, context) => {
      const bytes = value === -1 || value === "unlimited" ? -1 : parseSize(value);
      if (bytes !== undefined) return bytes;
      context.addIssue({ code: "custom", message: error });
      return z.NEVER;
    });
}

/** A duration of at least `min` seconds, and at most `max`; parsed as a number of seconds. */
export function duration(min: number, max = Infinity) {
  const error =
    max === Infinity
      ? `a duration from ${formatDuration(min)} up is needed here, such as 45s, 2m or 1h30m`
      : `a duration from ${formatDuration(min)} to ${formatDuration(max)} is needed here, such as ${formatDuration(max)}`;
  return z
    .string({ error })
    .regex(durationPattern, { error })
    .transform((value, context) => {
      const seconds = parseDuration(value);
      if (seconds !== undefined && seconds >= min && seconds <= max) return seconds;
      context.addIssue({ code: "custom", message: error });
      return z.NEVER;
    });
}

/** A subject pattern of a role; `queue` allows a queue group after it. */
export function subject(queue: boolean) {
  return z.string({ error: "a subject is text, such as orders.>" }).superRefine((value, context) => {
    const problem = subjectProblem(value, { wildcards: true, templates: true, queue });
    if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
  });
}
