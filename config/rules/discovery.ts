import { matchesGlob } from "../../nats/globs.ts";
import { type Finding, type Path, show } from "../problem.ts";
import type { Account, DiscoverySettings, Platform } from "../schema.ts";
import { existing } from "./accounts.ts";
import type { Rule } from "./rule.ts";

/** Credentials by labels: accounts and roles that exist, keys that the controller can have, one controller for one place. */
export const discovery: Rule = function* (platform) {
  for (const [name, account] of Object.entries(platform.accounts)) yield* unknownRoles(name, account);
  const watchers: { cluster: string; region: string; namespace: string | undefined }[] = [];
  for (const [region, { discovery: settings, target, externalSecrets }] of Object.entries(platform.regions)) {
    if (settings === undefined) continue;
    const path = ["regions", region, "discovery"];
    yield* unknownAccounts(platform, region, settings, [...path, "accounts"]);
    if (platform.keys.store === "vault" && platform.keys.transit !== undefined) {
      yield {
        path,
        found: "discovery",
        allowed:
          "it signs users in the cluster, and signing keys cannot leave Transit: take out either it or keys.transit",
        given: [["keys", "transit"]],
      };
    }
    if (platform.keys.store === "vault" && externalSecrets.kind === "ClusterSecretStore") {
      const kind = ["regions", region, "externalSecrets", "kind"];
      yield {
        path: kind,
        found: show("ClusterSecretStore"),
        allowed:
          "discovery needs the user roots and signing keys of accounts, and through such a store every receiving namespace could read them: set it to SecretStore, or take discovery out",
        given: [["keys", "store"], path],
      };
    }
    if (platform.keys.store === "vault" && !handsOutSomething(platform, region, settings)) {
      yield {
        path,
        found: "no account to hand out",
        allowed: `External Secrets makes no empty Secret: at least one account's allow list must name region ${region}`,
        given: [["accounts"], [...path, "accounts"]],
      };
    }
    if (!("context" in target)) continue;
    const { clusterIdentifier: cluster } = target;
    const { namespace } = settings;
    const other = watchers.find(
      (it) =>
        it.cluster === cluster && (it.namespace === undefined || namespace === undefined || it.namespace === namespace),
    );
    watchers.push({ cluster, region, namespace });
    if (other === undefined) continue;
    yield {
      path: [...path, "namespace"],
      found: namespace === undefined ? "every namespace" : show(namespace),
      allowed: `the discovery of region ${other.region} watches it on the same cluster (${cluster}): give each a namespace of its own`,
    };
  }
};

function handsOutSomething({ accounts }: Platform, region: string, { accounts: listed }: DiscoverySettings): boolean {
  return Object.entries(accounts).some(
    ([name, { allow }]) =>
      (listed === undefined ? name !== "SYS" : listed.includes(name)) &&
      allow.some((allowance) => matchesGlob(allowance.region, region)),
  );
}

function* unknownRoles(name: string, { allow, roles }: Account): Generator<Finding> {
  for (const [position, allowance] of allow.entries()) {
    for (const [index, role] of (allowance.roles ?? []).entries()) {
      if (Object.hasOwn(roles, role)) continue;
      yield {
        path: ["accounts", name, "allow", position, "roles", index],
        found: show(role),
        allowed: `account ${name} has ${existing("role", Object.keys(roles), role)}`,
        given: [["accounts", name, "roles", role]],
      };
    }
  }
}

function* unknownAccounts(
  { accounts }: Platform,
  region: string,
  settings: DiscoverySettings,
  path: Path,
): Generator<Finding> {
  for (const [index, name] of (settings.accounts ?? []).entries()) {
    const account = Object.hasOwn(accounts, name) ? accounts[name] : undefined;
    if (account === undefined) {
      yield {
        path: [...path, index],
        found: show(name),
        allowed: `this stack has ${existing("account", Object.keys(accounts), name)}`,
        given: [["accounts", name]],
      };
    } else if (!account.allow.some((allowance) => matchesGlob(allowance.region, region))) {
      yield {
        path: [...path, index],
        found: show(name),
        allowed: `account ${name} allows no namespace in region ${region} (accounts.${name}.allow)`,
        given: [["accounts", name, "allow"]],
      };
    }
  }
}
