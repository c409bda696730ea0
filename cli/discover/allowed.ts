import type { ControllerSettings, IssuingAccount } from "../../components/discovery/settings.ts";
import { listed } from "../../config/problem.ts";
import { matchesGlob } from "../../nats/globs.ts";
import type { Wish } from "./wish.ts";

/** Why a namespace may not have this of an account, in the words of an Event; undefined where it may. */
export function accessProblem(
  name: string,
  { allow }: Pick<IssuingAccount, "allow">,
  region: string,
  namespace: string,
  { role, own }: Pick<Wish, "role" | "own">,
): string | undefined {
  const here = allow.filter(({ namespaces }) => namespaces.some((pattern) => matchesGlob(pattern, namespace)));
  if (here.length === 0) {
    const patterns = allow.flatMap(({ namespaces }) => namespaces);
    const allowed = patterns.length === 0 ? "no namespace" : `only ${listed(patterns, "and")}`;
    return `namespace: found ${namespace}, but account ${name} allows ${allowed} in region ${region} (accounts.${name}.allow)`;
  }
  if (here.some(({ roles }) => roles === undefined || (role !== undefined && roles.includes(role)))) return undefined;
  const roles = [...new Set(here.flatMap((allowance) => allowance.roles ?? []))].sort();
  const found =
    own !== undefined ? "permissions made up by annotations" : role === undefined ? "no role" : `role ${role}`;
  const allowed =
    roles.length === 0 ? "no role" : `only the role${roles.length > 1 ? "s" : ""} ${listed(roles, "and")}`;
  return `found ${found}, but account ${name} allows ${allowed} in namespace ${namespace} (accounts.${name}.allow)`;
}

/** The accounts of which a namespace may have something. */
export function accountsFor({ accounts }: ControllerSettings, namespace: string): string[] {
  return Object.entries(accounts)
    .filter(([, { allow }]) =>
      allow.some(({ namespaces }) => namespaces.some((pattern) => matchesGlob(pattern, namespace))),
    )
    .map(([name]) => name);
}
