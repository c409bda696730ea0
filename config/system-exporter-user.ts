import { entityName } from "./names.ts";
import type { Finding, Path } from "./problem.ts";
import type { Account, Platform } from "./schema.ts";

/** A platform in which the system exporters of its regions are users of the system account. */
export interface WithSystemExporters {
  readonly platform: Platform | undefined;
  readonly findings: readonly Finding[];
  /** Where an exporter stands that a path among the users means. */
  readonly asWrittenAt: (path: Path) => Path;
}

/** Name of the Secret with a system exporter's credentials, in its servers' namespace. */
export const systemExporterSecret = "nats-system-exporter";

/** Name of the user as which a region's system exporter connects. */
export function systemExporterUser(region: string): string {
  return `${region}-system-exporter`;
}

/**
 * Makes a user of SYS for each region's system exporter: there is one list of users, and each has one owner. Who may receive its
 * credentials is then decided like for every other user.
 */
export function withSystemExporters(platform: Platform | undefined): WithSystemExporters {
  if (platform === undefined) return { platform, findings: [], asWrittenAt: (path) => path };
  const { SYS } = platform.accounts;
  const findings: Finding[] = [];
  const places = new Map<string, Path>();
  const users: Account["users"] = {};
  for (const [region, { monitoring, nats }] of Object.entries(platform.regions)) {
    const system = monitoring?.system;
    if (system === undefined || SYS === undefined) continue;
    const path = ["regions", region, "monitoring", "system"];
    const user = systemExporterUser(region);
    const problem = problemOf(user, SYS, path);
    if (problem !== undefined) {
      findings.push(problem);
      continue;
    }
    const place = { region, namespace: nats.namespace, secret: systemExporterSecret };
    const deliver = [{ ...place, format: "creds" as const, immutable: false }];
    users[user] = { role: system.role, rotation: system.rotation, tags: [], deliver };
    places.set(user, path);
  }
  if (SYS === undefined || places.size === 0) return { platform, findings, asWrittenAt: (path) => path };
  const accounts = { ...platform.accounts, SYS: { ...SYS, users: { ...SYS.users, ...users } } };
  return { platform: { ...platform, accounts }, findings, asWrittenAt: (path) => writtenAt(places, path) };
}

function problemOf(user: string, { users }: Account, path: Path): Finding | undefined {
  if (Object.hasOwn(users, user)) {
    const allowed = `it connects as user ${user} of account SYS, which is there already: each user has one owner`;
    return { path, found: "a system exporter", allowed, given: [["accounts", "SYS", "users", user]] };
  }
  if (entityName.pattern.test(user)) return undefined;
  const allowed = `it connects as a user with the region's name and -system-exporter after it: ${entityName.allowed}`;
  return { path, found: "a system exporter", allowed };
}

function writtenAt(places: ReadonlyMap<string, Path>, path: Path): Path {
  const [accounts, account, users, user, field] = path;
  if (accounts !== "accounts" || account !== "SYS" || users !== "users") return path;
  const place = places.get(String(user));
  if (place === undefined) return path;
  // Its delivery is nowhere written: the Secret's name is fixed, and its namespace is the servers'.
  return field === "role" || field === "rotation" ? [...place, field] : place;
}
