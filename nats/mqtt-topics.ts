import { contains } from "./subjects.ts";

/**
 * What is wrong with a topic filter that is to reach NATS, in words that fit after "but" in an error; undefined when it is legal.
 * nats-server 2.15 (mqttToNATSSubjectConversion) refuses white space and DEL; NATS' own wildcards would be such to its subscribers.
 */
export function filterProblem(filter: string): string | undefined {
  if (filter === "") return "a topic cannot be empty";
  if (!filter.isWellFormed() || Buffer.byteLength(filter) > 65_535) return "a topic is Unicode of at most 65535 bytes";
  if (/[\s\u0000-\u001f\u007f-\u009f]/.test(filter))
    return "nats-server takes no topic with white space or control characters in it";
  const levels = filter.split("/");
  // Mosquitto 2.0 (TOPIC_HIERARCHY_LIMIT) does not start with more in a prefix, and lets nobody publish to more.
  if (levels.length > 200) return "a topic has at most 200 levels in Mosquitto";
  for (const [index, level] of levels.entries()) {
    if (level.includes("#") && (level !== "#" || index < levels.length - 1))
      return "# must be the last level, alone in it";
    if (level.includes("+") && level !== "+") return "+ must be alone in its level";
    if (/[*>]/.test(level)) return "* and > are wildcards to NATS: a topic with them reaches it as something else";
  }
  return undefined;
}

/**
 * The subject that a topic or filter is in NATS, as nats-server 2.15 converts it: `/` becomes `.`, `.` becomes `//`, and an empty level,
 * which no subject can have, becomes `/`.
 */
export function subjectOf(filter: string): string {
  return filter.split("/").map(tokenOf).join(".");
}

function tokenOf(level: string): string {
  if (level === "") return "/";
  if (level === "+") return "*";
  if (level === "#") return ">";
  return level.replaceAll(".", "//");
}

/**
 * Every subject that a filter stands for: two where it ends in `/#`, which means the level above as well, and what nats-server then
 * subscribes to beside it.
 */
export function subjectsOf(filter: string): string[] {
  const subject = subjectOf(filter);
  return subject.endsWith(".>") ? [subject.slice(0, -2), subject] : [subject];
}

/** Says whether some topic is matched by both filters. MQTT 3.1.1, 4.7.2: a wildcard at the front matches no topic that begins with `$`. */
export function filtersOverlap(one: string, other: string): boolean {
  const [left, right] = [one.split("/"), other.split("/")];
  if (hidesReserved(left, right) || hidesReserved(right, left)) return false;
  for (let index = 0; ; index++) {
    const [a, b] = [left[index], right[index]];
    // `x/#` is x as well: what has ended meets a # that follows.
    if (a === "#" || b === "#") return true;
    if (a === undefined || b === undefined) return a === b;
    if (a !== "+" && b !== "+" && a !== b) return false;
  }
}

function hidesReserved([first]: readonly string[], [other]: readonly string[]): boolean {
  return (first === "+" || first === "#") && other?.startsWith("$") === true;
}

/** What a filter asks for that none of these subjects allows: a server takes a subscription only if one of them covers all of it. */
export function uncovered(filter: string, allowed: readonly string[]): string[] {
  return subjectsOf(filter).filter((subject) => !allowed.some((outer) => contains(outer, subject)));
}
