import { entityName } from "./names.ts";
import { type Finding, type Path, show } from "./problem.ts";
import { startsWith } from "./prune.ts";
import type { Account, MqttBridge, Platform, Region } from "./schema.ts";

/** A bridge with all that is named after it. */
export type NamedBridge = Omit<MqttBridge, "user" | "clientId"> & {
  readonly name: string;
  /** Whom it signs in as. */
  readonly user: string;
  readonly clientId: string;
  /** Secret with its configuration. */
  readonly secret: string;
};

/** The bridges of a region. */
export function bridgesIn(region: string, { mqttBridges }: Pick<Region, "mqttBridges">): NamedBridge[] {
  return Object.entries(mqttBridges).map(([name, bridge]) => ({
    ...bridge,
    name,
    user: bridge.user ?? userName(region, name),
    clientId: bridge.clientId ?? `${region}-${name}`,
    secret: `${name}-bridge`,
  }));
}

/** A bridge, and where it stands. */
export interface PlacedBridge {
  readonly region: string;
  readonly path: Path;
  readonly bridge: NamedBridge;
}

/** The bridges of all regions. */
export function allBridges({ regions }: Pick<Platform, "regions">): PlacedBridge[] {
  return Object.entries(regions).flatMap(([region, settings]) =>
    bridgesIn(region, settings).map((bridge) => ({
      ...{ region, bridge },
      path: ["regions", region, "mqttBridges", bridge.name],
    })),
  );
}

/** A platform in which bridges are users of their accounts. */
export interface WithBridges {
  readonly platform: Platform | undefined;
  readonly findings: readonly Finding[];
  /** Where a bridge stands that a path among the users means. */
  readonly asWrittenAt: (path: Path) => Path;
}

/** Makes a user of each bridge that has a role: there is one list of users, and each has one owner. */
export function withBridges(platform: Platform | undefined): WithBridges {
  if (platform === undefined) return { platform, findings: [], asWrittenAt: (path) => path };
  const accounts: Record<string, Account> = { ...platform.accounts };
  const findings: Finding[] = [];
  const places: { user: Path; bridge: Path }[] = [];
  for (const { region, path, bridge } of allBridges(platform)) {
    const { account: accountName, role, rotation = 0, name, user } = bridge;
    const account = Object.hasOwn(accounts, accountName) ? accounts[accountName] : undefined;
    // A role or a user, and an account that exists: rules/mqtt-bridges.ts.
    if (role === undefined || user !== userName(region, name) || account === undefined) continue;
    const allowed = problemOf(user, accountName, account);
    if (allowed !== undefined) {
      findings.push({ path, found: `the user ${show(user)} that it would be`, allowed });
      continue;
    }
    accounts[accountName] = {
      ...account,
      users: { ...account.users, [user]: { role, rotation, tags: [], deliver: [] } },
    };
    places.push({ user: ["accounts", accountName, "users", user], bridge: path });
  }
  return {
    platform: { ...platform, accounts },
    findings,
    asWrittenAt: (path) => {
      const place = places.find(({ user }) => startsWith(path, user));
      return place === undefined ? path : [...place.bridge, ...path.slice(place.user.length)];
    },
  };
}

function userName(region: string, bridge: string): string {
  return `${region}-${bridge}`;
}

function problemOf(user: string, name: string, { users }: Account): string | undefined {
  if (!entityName.pattern.test(user)) return `${entityName.allowed}: give the bridge a shorter name`;
  if (!Object.hasOwn(users, user)) return undefined;
  return `account ${name} has a user of this name already: each user has one owner (with user in place of role, the bridge is that one)`;
}
