import { configKey, valuesEntry, vaultField } from "../names.ts";
import { pathText, show, type Path } from "../problem.ts";
import { seedUses } from "../seed-uses.ts";
import type { Rule } from "./rule.ts";

/** An existing seed comes from where the keys are, and no two keys are the same key. */
export const seeds: Rule = function* (platform) {
  const first = new Map<string, Path>();
  const source = platform.keys.store === "vault" ? vaultField : configKey;
  for (const { path, name } of seedUses(platform)) {
    const isGenerated = path[0] === "secrets";
    if (isGenerated && valuesEntry.pattern.test(name)) {
      if (platform.keys.store === "state") continue;
      const allowed = `with keys in Vault it is taken from there: put it into Vault and name it here (${source.allowed})`;
      yield { path, found: "a secret in the values file, in plain text", allowed };
      continue;
    }
    if (!source.pattern.test(name)) {
      const found = isGenerated ? "a value that may be a secret (not shown)" : show(name);
      yield { path, found, allowed: source.allowed };
      continue;
    }
    // Two Secrets may hold the same on purpose; two keys of the trust chain can't be one.
    if (isGenerated) continue;
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
