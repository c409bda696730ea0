import { isIP } from "node:net";

import type { Report } from "../problem.ts";
import { checkLimit } from "./fields.ts";
import { checkPermissions, isEmptyPermission, type Permissions } from "./permissions.ts";

/** Every way that a client can connect. */
export const CONNECTION_TYPES = [
  "STANDARD",
  "WEBSOCKET",
  "LEAFNODE",
  "LEAFNODE_WS",
  "MQTT",
  "MQTT_WS",
  "IN_PROCESS",
] as const;

/** @see CONNECTION_TYPES */
export type ConnectionType = (typeof CONNECTION_TYPES)[number];

/** A part of the day, `HH:MM:SS` to `HH:MM:SS`; the end may lie before the start, across midnight. */
export interface TimeRange {
  start: string;
  end: string;
}

/** What a user may do and how much of it. It stands in the user's own JWT, or in the template of a scoped signing key. */
export interface UserPermissionLimits extends Permissions {
  /** Most subscriptions; -1 unlimited, absent or 0 none. */
  subs?: number;
  /** Most bytes; -1 unlimited, absent or 0 none. */
  data?: number;
  /** Largest message in bytes; -1 unlimited, absent or 0 none. */
  payload?: number;
  /** Networks that the user may connect from, in CIDR form. */
  src?: string[];
  /** Times of the day at which the user may be connected. */
  times?: TimeRange[];
  /** IANA time zone of `times`; the server's own without it. The npm library writes this as `locale`, which servers ignore. */
  times_location?: string;
  /** The JWT alone is enough to connect, without the seed: it is a password. */
  bearer_token?: boolean;
  /** Only through a trusted proxy (nats-server 2.12). */
  proxy_required?: boolean;
  allowed_connection_types?: ConnectionType[];
}

/** The three limits that a server takes for "nothing" when they are absent, all unlimited. */
export const UNLIMITED_USER = { subs: -1, data: -1, payload: -1 } as const;

/** Reports what is wrong with permissions and limits. */
export function checkUserLimits(limits: UserPermissionLimits, templates: boolean, path: string, report: Report): void {
  checkPermissions(limits, templates, path, report);
  for (const field of ["subs", "data", "payload"] as const) {
    if (limits[field] === undefined)
      report(
        `${path}.${field}`,
        undefined,
        "a limit must be given: without one the server allows none at all; -1 is unlimited",
      );
    checkLimit(limits[field], `${path}.${field}`, report);
  }
  for (const [index, network] of (limits.src ?? []).entries()) {
    if (!isNetwork(network))
      report(`${path}.src[${index}]`, network, "it must be a network in CIDR form, such as 10.0.0.0/8");
  }
  for (const [index, range] of (limits.times ?? []).entries()) {
    for (const end of ["start", "end"] as const) {
      if (!/^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(range[end]))
        report(`${path}.times[${index}].${end}`, range[end], "a time of the day is HH:MM:SS");
    }
  }
  if (limits.times_location !== undefined && !isTimeZone(limits.times_location)) {
    report(
      `${path}.times_location`,
      limits.times_location,
      "it must be a time zone of the IANA list, such as Europe/Berlin",
    );
  }
  for (const [index, type] of (limits.allowed_connection_types ?? []).entries()) {
    if (!CONNECTION_TYPES.includes(type))
      report(`${path}.allowed_connection_types[${index}]`, type, `allowed are ${CONNECTION_TYPES.join(", ")}`);
  }
}

/** Says whether a user's claim leaves everything to the template of the key that signs it: no permission and no limit of its own. */
export function isScoped(limits: UserPermissionLimits): boolean {
  return (
    isEmptyPermission(limits.pub) &&
    isEmptyPermission(limits.sub) &&
    limits.resp === undefined &&
    limits.subs === undefined &&
    limits.data === undefined &&
    limits.payload === undefined &&
    (limits.src?.length ?? 0) === 0 &&
    (limits.times?.length ?? 0) === 0 &&
    (limits.times_location ?? "") === "" &&
    limits.bearer_token !== true &&
    limits.proxy_required !== true &&
    (limits.allowed_connection_types?.length ?? 0) === 0
  );
}

function isNetwork(text: string): boolean {
  const [address = "", bits = "", ...rest] = text.split("/");
  const family = isIP(address);
  return (
    family !== 0 && rest.length === 0 && /^(?:0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)
  );
}

function isTimeZone(name: string): boolean {
  try {
    // An offset such as +01:00 is a time zone to JavaScript and none to Go.
    return !/^[+-]/.test(name) && new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
