import { configKey, vaultField } from "../names.ts";
import { pathText, show, type Path } from "../problem.ts";
import { seedUses } from "../seed-uses.ts";
import type { Rule } from "./rule.ts";

/** An existing seed comes from where the keys are, and no two keys are the same key. */
export const seeds: Rule = function* (platform) {
  const first = new Map<string, Path>();
  const source = platform.keys.store === "vault" ? vaultField : configKey;
  for (const { path, name } of seedUses(platform)) {
    if (!source.pattern.test(name)) {
      yield { path, found: show(name), allowed: source.allowed };
      continue;
    }
    const other = first.get(name);
    if (other === undefined) first.set(name, path);
    else
      yield {
        path,
        found: show(name),
        allowed: `${pathText(other)} already uses it, and two keys cannot have one seed`,
      };
  }
};
