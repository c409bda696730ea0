import { namespacesWithStore } from "../argocd/beside.ts";
import { argocdSecretUses } from "../argocd/secret-uses.ts";
import { keyNames } from "../key-names.ts";
import { nearest } from "../nearest.ts";
import { type Finding, listed, type Path, pathText, show } from "../problem.ts";
import type { Platform, VaultKeys } from "../schema.ts";
import type { VaultSetupSettings } from "../vault-setup-schema.ts";
import { existing } from "./accounts.ts";

/** A platform whose keys are in Vault. */
export interface VaultPlatform extends Platform {
  readonly keys: VaultKeys;
}

/** Where a set-up does not fit its platform. */
export function* vaultSetupRules(setup: VaultSetupSettings, platform: VaultPlatform): Generator<Finding> {
  yield* rotatedKeys(setup, platform);
  const logins = new Map<string, Path>();
  if (setup.ci !== undefined) logins.set(setup.ci.mount, ["ci", "mount"]);
  yield* regionsOf("clusters", setup, platform, logins);
  // Jobs of two regions in one cluster would have the same role.
  yield* regionsOf("jobs", setup, platform, new Map(setup.ci === undefined ? [] : [[setup.ci.mount, ["ci", "mount"]]]));
}

function* regionsOf(
  field: "clusters" | "jobs",
  setup: VaultSetupSettings,
  { regions }: VaultPlatform,
  logins: Map<string, Path>,
): Generator<Finding> {
  for (const name of Object.keys(setup[field])) {
    const path = [field, name];
    const region = Object.hasOwn(regions, name) ? regions[name] : undefined;
    if (region === undefined) {
      yield {
        path,
        found: show(name),
        allowed: `stack ${setup.stack} has ${existing("region", Object.keys(regions), name)}`,
      };
      continue;
    }
    const { authMount } = region.externalSecrets;
    const other = logins.get(authMount);
    if (other !== undefined) {
      yield {
        path,
        found: `the login ${show(authMount)}`,
        allowed: `${pathText(other)} has the same: give the regions of different clusters different logins (externalSecrets.authMount in stack ${setup.stack}), and let one region speak for those of one cluster`,
      };
    }
    logins.set(authMount, path);
  }
}

function* rotatedKeys({ ci, rotators, stack }: VaultSetupSettings, platform: VaultPlatform): Generator<Finding> {
  if (rotators === undefined) return;
  if (ci === undefined) {
    yield { path: ["rotators"], found: "rotators without ci", allowed: "they sign in where CI does: ci is needed" };
  }
  const keys = keyNames(platform);
  for (const [position, name] of rotators.keys.entries()) {
    const path = ["rotators", "keys", position];
    const key = keys.find((candidate) => candidate.name === name);
    if (key === undefined) {
      const names = keys.map((candidate) => candidate.name);
      const guess = nearest(name, names);
      const hint = guess === undefined ? `such as ${listed(names.slice(0, 3), "or")}` : `did you mean ${guess}?`;
      yield { path, found: show(name), allowed: `stack ${stack} has no key of this name; ${hint}` };
    } else if (key.isSigning && platform.keys.transit !== undefined) {
      yield { path, found: show(name), allowed: "this key is in Transit, where nobody replaces it" };
    }
  }
}

/** Regions of one cluster sign in at one login, where a namespace that both deliver to has one role. */
export function* sharedLogins(platform: VaultPlatform): Generator<Finding> {
  const { regions } = platform;
  const first = new Map<string, string>();
  for (const [name, { externalSecrets }] of Object.entries(regions)) {
    const other = first.get(externalSecrets.authMount);
    if (other === undefined) {
      first.set(externalSecrets.authMount, name);
      continue;
    }
    const settings = regions[other]?.externalSecrets;
    for (const field of ["kind", "serviceAccount", "storeNamespace", "audience"] as const) {
      if (settings === undefined || settings[field] === externalSecrets[field]) continue;
      yield {
        path: ["regions", name, "externalSecrets", field],
        found: show(externalSecrets[field]),
        allowed: `region ${other} has the same login (${externalSecrets.authMount}) and ${show(settings[field])}: regions of different clusters need different logins (authMount), those of one cluster the same ${field}`,
      };
    }
  }
  yield* argocdLogin(platform);
}

/** Argo CD's role and a region's are one where they have a login and a name in common: then the same service account has it. */
function* argocdLogin(platform: VaultPlatform): Generator<Finding> {
  const { argocd, regions } = platform;
  if (argocd === undefined || [...argocdSecretUses(platform)].length === 0) return;
  const own = argocd.externalSecrets;
  const told = new Set<string>();
  for (const [name, region] of Object.entries(regions)) {
    const other = region.externalSecrets;
    if (other.authMount !== own.authMount || other.kind !== own.kind) continue;
    const isOfNamespace = own.kind === "SecretStore";
    if (isOfNamespace && !namespacesWithStore(platform, name, region).includes(argocd.namespace)) continue;
    for (const field of [
      "serviceAccount",
      "audience",
      ...(isOfNamespace ? [] : (["storeNamespace"] as const)),
    ] as const) {
      if (other[field] === own[field] || told.has(field)) continue;
      told.add(field);
      yield {
        path: ["argocd", "externalSecrets", field],
        found: show(own[field]),
        allowed: `region ${name} has the same login (${own.authMount}) and ${show(other[field])}, and they would have one role: it needs the same ${field}, or a login of its own (authMount)`,
      };
    }
  }
}
