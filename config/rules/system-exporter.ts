import { contains, overlaps } from "../../nats/subjects.ts";
import { systemExporterNeeds } from "../../nats/system-exporter.ts";
import { type Finding, listed, type Path, pathText, show } from "../problem.ts";
import type { Platform, Role } from "../schema.ts";
import type { Rule } from "./rule.ts";

/** A system exporter that is not allowed to hear something would count nothing, and look healthy. */
export const systemExporter: Rule = function* (platform) {
  const roles = new Map<string, string>();
  for (const [region, { monitoring }] of Object.entries(platform.regions)) {
    const name = monitoring?.system?.role;
    // Regions may share a role: what it lacks is said once.
    if (name !== undefined && !roles.has(name)) roles.set(name, region);
  }
  for (const [name, region] of roles) yield* lacking(platform, name, region);
};

function* lacking({ accounts }: Platform, name: string, region: string): Generator<Finding> {
  const roles = accounts.SYS?.roles ?? {};
  const role = Object.hasOwn(roles, name) ? roles[name] : undefined;
  if (role === undefined) return;
  const path = ["accounts", "SYS", "roles", name];
  const asked = ["regions", region, "monitoring", "system", "role"];
  const needed = (rest: Path, found: string, what: string): Finding => ({
    ...{ path: [...path, ...rest], found, given: [asked] },
    allowed: `the system exporter (${pathText(asked)}) needs ${what}`,
  });
  for (const verb of ["publish", "subscribe"] as const) {
    const missing = systemExporterNeeds[verb].filter((subject) => !allows(role[verb], subject));
    if (missing.length > 0) yield needed([verb], "too little", `${listed(missing, "and")} in it`);
  }
  if (role.connectionTypes.length > 0 && !role.connectionTypes.includes("STANDARD"))
    yield needed(["connectionTypes"], show(role.connectionTypes.join(", ")), "STANDARD in it");
  const { subscriptions } = role.limits;
  if (subscriptions >= 0 && subscriptions < systemExporterNeeds.subscriptions)
    yield needed(
      ["limits", "subscriptions"],
      show(subscriptions),
      `${String(systemExporterNeeds.subscriptions)} or more`,
    );
}

function allows({ allow, deny }: Role["publish"], subject: string): boolean {
  return allow.some((it) => contains(it, subject)) && !deny.some((it) => overlaps(it, subject));
}
