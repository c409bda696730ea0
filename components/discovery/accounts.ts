import type { Account, DiscoverySettings } from "../../config/schema.ts";
import { matchesGlob } from "../../nats/globs.ts";

/** Who may be given credentials of an account in one region: a part of its allow list. */
export interface Allowance {
  readonly namespaces: readonly string[];
  /** Absent: any role, the whole account, and permissions made up by annotations. */
  readonly roles?: readonly string[];
}

/** An account whose credentials a region's workloads may ask for. */
export interface HandedOut {
  readonly name: string;
  readonly allow: readonly Allowance[];
  readonly roles: readonly string[];
  /** Users that the configuration names: their names are taken. */
  readonly users: readonly string[];
}

/** The accounts that workloads of a region may ask for, in the order of the configuration. */
export function handedOut(
  region: string,
  { accounts: listed }: Pick<DiscoverySettings, "accounts">,
  accounts: Readonly<Record<string, Account>>,
): HandedOut[] {
  return Object.entries(accounts).flatMap(([name, { allow, roles, users }]) => {
    // The system account sees everybody's traffic: nobody gets it because of a wildcard.
    if (listed === undefined ? name === "SYS" : !listed.includes(name)) return [];
    const here = allow
      .filter((allowance) => matchesGlob(allowance.region, region))
      .map((it) => ({ namespaces: it.namespaces, ...(it.roles === undefined ? {} : { roles: it.roles }) }));
    return here.length === 0
      ? []
      : [{ name, allow: here, roles: Object.keys(roles).sort(), users: Object.keys(users).sort() }];
  });
}

/** The names that the accounts' keys go by in their store: all that the controller makes users with. */
export function issuerKeyNames(accounts: readonly HandedOut[]): string[] {
  return accounts.flatMap(({ name, roles }) => [
    `account.${name}.users`,
    `account.${name}.signing`,
    ...roles.map((role) => `account.${name}.role.${role}`),
  ]);
}

/** The namespaces that can receive something, or undefined where a pattern leaves them open. */
export function exactNamespaces(accounts: readonly HandedOut[]): string[] | undefined {
  const patterns = accounts.flatMap(({ allow }) => allow.flatMap(({ namespaces }) => namespaces));
  return patterns.some((pattern) => pattern.includes("*")) ? undefined : [...new Set(patterns)].sort();
}
