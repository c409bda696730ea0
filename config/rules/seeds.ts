import { pathText, show, type Path } from "../problem.ts";
import { seedUses } from "../seed-uses.ts";
import type { Rule } from "./rule.ts";

/** No two keys are the same key. */
export const seeds: Rule = function* (platform) {
  const first = new Map<string, Path>();
  for (const { path, name } of seedUses(platform)) {
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
