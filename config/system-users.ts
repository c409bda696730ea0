import { surveyorNeeds } from "../nats/surveyor.ts";
import { systemExporterNeeds } from "../nats/system-exporter.ts";
import { entityName } from "./names.ts";
import type { Finding, Path } from "./problem.ts";
import type { Account, MonitoringSettings, Platform } from "./schema.ts";

/** A platform in which what watches its regions through the system account are users of it. */
export interface WithSystemUsers {
  readonly platform: Platform | undefined;
  readonly findings: readonly Finding[];
  /** Where something stands that a path among the users means. */
  readonly asWrittenAt: (path: Path) => Path;
}

/** Name of the Secret with a system exporter's credentials, in its servers' namespace. */
export const systemExporterSecret = "nats-system-exporter";

/** Name of the Secret with Surveyor's credentials, in its servers' namespace. */
export const surveyorSecret = "nats-surveyor";

/** What a role has to allow. */
export interface RoleNeeds {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  readonly subscriptions: number;
}

/** A part of a region's monitoring that connects as a user of SYS. */
export interface SystemUser {
  /** Its field of the region's monitoring. */
  readonly field: "system" | "surveyor";
  /** What its user is called after the region's name. */
  readonly suffix: string;
  readonly secret: string;
  readonly found: string;
  /** What it is called in a sentence. */
  readonly called: string;
  readonly needs: (monitoring: MonitoringSettings) => RoleNeeds | undefined;
}

/** All of them. */
export const systemUsers: readonly SystemUser[] = [
  {
    ...{ field: "system", suffix: "system-exporter", secret: systemExporterSecret },
    ...{ found: "a system exporter", called: "the system exporter" },
    needs: ({ system }) => (system === undefined ? undefined : systemExporterNeeds),
  },
  {
    ...{ field: "surveyor", suffix: "surveyor", secret: surveyorSecret },
    ...{ found: "Surveyor", called: "Surveyor" },
    needs: ({ surveyor }) => (surveyor === undefined ? undefined : surveyorNeeds(surveyor)),
  },
];

/**
 * Makes users of SYS for what watches each region: there is one list of users, and each has one owner. Who may receive their credentials
 * is then decided like for every other user.
 */
export function withSystemUsers(platform: Platform | undefined): WithSystemUsers {
  if (platform === undefined) return { platform, findings: [], asWrittenAt: (path) => path };
  const { SYS } = platform.accounts;
  const findings: Finding[] = [];
  const places = new Map<string, Path>();
  const users: Account["users"] = {};
  for (const [region, { monitoring, nats }] of Object.entries(platform.regions)) {
    for (const { field, suffix, secret, found } of systemUsers) {
      const settings = monitoring?.[field];
      if (settings === undefined || SYS === undefined) continue;
      const path = ["regions", region, "monitoring", field];
      const user = `${region}-${suffix}`;
      const allowed = problemOf(user, suffix, SYS);
      if (allowed !== undefined) {
        findings.push({ path, found, ...allowed });
        continue;
      }
      const deliver = [{ region, namespace: nats.namespace, secret, format: "creds" as const, immutable: false }];
      users[user] = { role: settings.role, rotation: settings.rotation, tags: [], deliver };
      places.set(user, path);
    }
  }
  if (SYS === undefined || places.size === 0) return { platform, findings, asWrittenAt: (path) => path };
  const accounts = { ...platform.accounts, SYS: { ...SYS, users: { ...SYS.users, ...users } } };
  return { platform: { ...platform, accounts }, findings, asWrittenAt: (path) => writtenAt(places, path) };
}

function problemOf(user: string, suffix: string, { users }: Account): Pick<Finding, "allowed" | "given"> | undefined {
  if (Object.hasOwn(users, user)) {
    const allowed = `it connects as user ${user} of account SYS, which is there already: each user has one owner`;
    return { allowed, given: [["accounts", "SYS", "users", user]] };
  }
  if (entityName.pattern.test(user)) return undefined;
  return { allowed: `it connects as a user with the region's name and -${suffix} after it: ${entityName.allowed}` };
}

function writtenAt(places: ReadonlyMap<string, Path>, path: Path): Path {
  const [accounts, account, users, user, field] = path;
  if (accounts !== "accounts" || account !== "SYS" || users !== "users") return path;
  const place = places.get(String(user));
  if (place === undefined) return path;
  // Its delivery is nowhere written: the Secret's name is fixed, and its namespace is the servers'.
  return field === "role" || field === "rotation" ? [...place, field] : place;
}
