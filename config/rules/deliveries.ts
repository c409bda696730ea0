import { matchesGlob } from "../../nats/globs.ts";
import { allBridges } from "../mqtt-bridges.ts";
import { platformSecrets } from "../platform-secrets.ts";
import { type Finding, listed, type Path, pathText, show } from "../problem.ts";
import type { Account, Delivery, Platform } from "../schema.ts";
import { existing } from "./accounts.ts";
import type { Rule } from "./rule.ts";

/** Credentials go only where they are allowed to, and never onto a Secret that something else writes. */
export const deliveries: Rule = function* (platform) {
  const writers = new Map<string, Path>();
  for (const [name, account] of Object.entries(platform.accounts)) {
    yield* unusedAllowance(platform, name, account);
    for (const [userName, user] of Object.entries(account.users)) {
      for (const [position, delivery] of user.deliver.entries()) {
        const path = ["accounts", name, "users", userName, "deliver", position];
        const region = Object.hasOwn(platform.regions, delivery.region) ? platform.regions[delivery.region] : undefined;
        if (region === undefined) {
          yield {
            path: [...path, "region"],
            found: show(delivery.region),
            allowed: `this stack has ${existing("region", Object.keys(platform.regions), delivery.region)}`,
            given: [["regions", delivery.region]],
          };
          continue;
        }
        yield* notAllowed(name, account, delivery, path);
        if (delivery.namespace === region.nats.namespace && platformSecrets.includes(delivery.secret)) {
          yield {
            path: [...path, "secret"],
            found: show(delivery.secret),
            allowed: "this program has a Secret of that name there for the servers themselves",
          };
        }
        yield* secondWriter(writers, cluster(platform, delivery.region), delivery, path);
      }
    }
  }
  for (const { region, path, bridge } of allBridges(platform)) {
    const { account: name, namespace, secret } = bridge;
    const account = Object.hasOwn(platform.accounts, name) ? platform.accounts[name] : undefined;
    if (account !== undefined) yield* notAllowed(name, account, { region, namespace }, path);
    const writer = writers.get(JSON.stringify([cluster(platform, region), namespace, secret]));
    if (writer === undefined) continue;
    const allowed = `${pathText(writer)} already writes the Secret ${namespace}/${secret} there`;
    yield { path, found: `the Secret ${show(secret)}`, allowed };
  }
};

function* notAllowed(
  name: string,
  account: Account,
  { region, namespace }: Pick<Delivery, "region" | "namespace">,
  path: Path,
): Generator<Finding> {
  const here = account.allow.filter((allowance) => matchesGlob(allowance.region, region));
  const patterns = here.flatMap(({ namespaces }) => namespaces);
  if (patterns.some((pattern) => matchesGlob(pattern, namespace))) return;
  const allowed = patterns.length === 0 ? "no namespace" : `only ${listed(patterns, "and")}`;
  yield {
    path: [...path, "namespace"],
    found: show(namespace),
    allowed: `account ${name} allows ${allowed} in region ${region} (accounts.${name}.allow)`,
    given: [["accounts", name, "allow"]],
  };
}

function* secondWriter(
  writers: Map<string, Path>,
  place: string,
  { namespace, secret }: Delivery,
  path: Path,
): Generator<Finding> {
  const key = JSON.stringify([place, namespace, secret]);
  const first = writers.get(key);
  if (first === undefined) {
    writers.set(key, path);
    return;
  }
  yield {
    path: [...path, "secret"],
    found: show(secret),
    allowed: `${pathText(first)} already writes the Secret ${namespace}/${secret} there`,
  };
}

/** Two regions may be two namespaces of one cluster. */
export function cluster({ regions }: Platform, region: string): string {
  const target = regions[region]?.target;
  return target !== undefined && "context" in target ? `cluster ${target.clusterIdentifier}` : `region ${region}`;
}

function* unusedAllowance({ regions }: Platform, name: string, { allow }: Account): Generator<Finding> {
  for (const [position, { region }] of allow.entries()) {
    if (region.includes("*") || Object.hasOwn(regions, region)) continue;
    yield {
      path: ["accounts", name, "allow", position, "region"],
      found: show(region),
      allowed: `this stack has ${existing("region", Object.keys(regions), region)}`,
      given: [["regions", region]],
    };
  }
}
