import type { Report } from "../problem.ts";
import { checkSubject } from "./fields.ts";

/** Subjects that may be used and subjects that may not. An empty or missing `allow` allows everything. */
export interface Permission {
  allow?: string[];
  deny?: string[];
}

/** Permission to answer on the reply subject of a message that was received. */
export interface ResponsePermission {
  /** How many answers to one message; -1 for any number. */
  max: number;
  /** For how long, in nanoseconds; -1 for ever. */
  ttl: number;
}

/** What a user may publish, subscribe to and answer. */
export interface Permissions {
  pub?: Permission;
  sub?: Permission;
  /** With this set and no `pub.allow`, answers are the only thing a user may publish (nats-server 2.9 to 2.15). */
  resp?: ResponsePermission;
}

/** @param templates whether `{{name()}}` and its like may stand in a subject */
export function checkPermissions(permissions: Permissions, templates: boolean, path: string, report: Report): void {
  for (const side of ["pub", "sub"] as const) {
    for (const list of ["allow", "deny"] as const) {
      for (const [index, subject] of (permissions[side]?.[list] ?? []).entries()) {
        checkSubject(
          subject,
          { wildcards: true, templates, queue: side === "sub" },
          `${path}.${side}.${list}[${index}]`,
          report,
        );
      }
    }
  }
  if (permissions.resp !== undefined) checkResponses(permissions.resp, `${path}.resp`, report);
}

function checkResponses(resp: ResponsePermission, path: string, report: Report): void {
  // Zero is not "no answers": the server puts its own defaults (1 answer, 2 minutes) in its place.
  const isCount = (value: number): boolean => Number.isSafeInteger(value) && (value > 0 || value === -1);
  if (!isCount(resp.max))
    report(`${path}.max`, resp.max, "it must be 1 or more answers, or -1 for any number; leave resp out for none");
  if (!isCount(resp.ttl))
    report(`${path}.ttl`, resp.ttl, "it must be a whole number of nanoseconds, 1 or more, or -1 for ever");
}

/** Says whether nothing is permitted or denied by name. */
export function isEmptyPermission(permission: Permission | undefined): boolean {
  return (permission?.allow?.length ?? 0) === 0 && (permission?.deny?.length ?? 0) === 0;
}
