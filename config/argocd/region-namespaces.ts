import { matchesGlob } from "../../nats/globs.ts";
import { generatedEntries } from "../generated-entries.ts";
import type { Platform, Region } from "../schema.ts";

/** Every namespace that a region's manifests are in, sorted. */
export function namespacesOfRegion(
  { accounts, secrets, keys }: Pick<Platform, "accounts" | "secrets" | "keys">,
  name: string,
  region: Region,
): string[] {
  const { nats, discovery, mqttBridges, monitoring, externalSecrets } = region;
  const users = Object.values(accounts).flatMap((account) => Object.values(account.users));
  const jwks = Object.values(secrets.natsNKeys).flatMap((entry) => entry.jwks ?? []);
  const generated = [...generatedEntries(secrets)].flatMap(({ destinations }) => destinations);
  // With keys in the state these are Secrets, which are outside of what is committed.
  const isInVault = keys.store === "vault";
  const delivered = isInVault ? [...users.flatMap(({ deliver }) => deliver), ...generated, ...jwks] : [];
  const isStoreElsewhere = isInVault && externalSecrets.kind === "ClusterSecretStore";
  const dashboard = monitoring?.dashboardConfigMap?.namespace;
  return [
    ...new Set([
      nats.namespace,
      ...delivered.filter((it) => it.region === name).map(({ namespace }) => namespace),
      ...Object.values(mqttBridges).map(({ namespace }) => namespace),
      ...externalSecrets.push.map(({ namespace }) => namespace),
      ...(isStoreElsewhere && externalSecrets.create ? [externalSecrets.storeNamespace] : []),
      ...(dashboard === undefined ? [] : [dashboard]),
      ...(discovery === undefined ? [] : namespacesOfDiscovery(discovery, accounts, name)),
    ]),
  ].sort();
}

/**
 * What namespaces of a region may look like that its manifests are in, later or formerly: those that accounts allow. Argo CD prunes only
 * what the project permits, and a delivery that goes takes its namespace out of {@link namespacesOfRegion}.
 */
export function allowedInRegion({ accounts, keys }: Pick<Platform, "accounts" | "keys">, region: string): string[] {
  return keys.store === "vault" ? allowedBy(accounts, region) : [];
}

/** Where the controller for credentials by labels gets roles of its own. */
function namespacesOfDiscovery(
  { namespace, takeBackFrom }: NonNullable<Region["discovery"]>,
  accounts: Platform["accounts"],
  region: string,
): string[] {
  if (namespace !== undefined) return [namespace, ...takeBackFrom];
  const allowed = allowedBy(accounts, region);
  // One role for the whole cluster does where a pattern leaves open which namespaces there are.
  return [...allowed.filter((it) => !it.includes("*")), ...takeBackFrom];
}

function allowedBy(accounts: Platform["accounts"], region: string): string[] {
  return Object.values(accounts)
    .flatMap(({ allow }) => allow)
    .filter((allowance) => matchesGlob(allowance.region, region))
    .flatMap(({ namespaces }) => namespaces);
}
