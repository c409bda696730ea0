import { contains, overlaps } from "../../nats/subjects.ts";
import { type Finding, listed, type Path, pathText, show } from "../problem.ts";
import type { Platform, Role } from "../schema.ts";
import { type RoleNeeds, type SystemUser, systemUsers } from "../system-users.ts";
import type { Rule } from "./rule.ts";

/** Something that watches a region and is not allowed to hear or ask would tell nothing, and look healthy. */
export const systemUserRoles: Rule = function* (platform) {
  // Regions may share a role: what it lacks for the same user is said once.
  const said = new Set<string>();
  for (const [region, { monitoring }] of Object.entries(platform.regions)) {
    if (monitoring === undefined) continue;
    for (const user of systemUsers) {
      const role = monitoring[user.field]?.role;
      const needs = user.needs(monitoring);
      if (role === undefined || needs === undefined) continue;
      const asked = JSON.stringify([user.field, role, needs]);
      if (said.has(asked)) continue;
      said.add(asked);
      yield* lacking(platform, role, region, user, needs);
    }
  }
};

function* lacking(
  { accounts }: Platform,
  name: string,
  region: string,
  { field, called }: SystemUser,
  needs: RoleNeeds,
): Generator<Finding> {
  const roles = accounts.SYS?.roles ?? {};
  const role = Object.hasOwn(roles, name) ? roles[name] : undefined;
  if (role === undefined) return;
  const path = ["accounts", "SYS", "roles", name];
  const asked = ["regions", region, "monitoring", field, "role"];
  const needed = (rest: Path, found: string, what: string): Finding => ({
    ...{ path: [...path, ...rest], found, given: [asked] },
    allowed: `${called} (${pathText(asked)}) needs ${what}`,
  });
  for (const verb of ["publish", "subscribe"] as const) {
    const missing = needs[verb].filter((subject) => !allows(role[verb], subject));
    if (missing.length > 0) yield needed([verb], "too little", `${listed(missing, "and")} in it`);
  }
  if (role.connectionTypes.length > 0 && !role.connectionTypes.includes("STANDARD"))
    yield needed(["connectionTypes"], show(role.connectionTypes.join(", ")), "STANDARD in it");
  const { subscriptions } = role.limits;
  if (subscriptions >= 0 && subscriptions < needs.subscriptions)
    yield needed(["limits", "subscriptions"], show(subscriptions), `${String(needs.subscriptions)} or more`);
}

function allows({ allow, deny }: Role["publish"], subject: string): boolean {
  return allow.some((it) => contains(it, subject)) && !deny.some((it) => overlaps(it, subject));
}
