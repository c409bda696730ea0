import { show, type Path } from "../problem.ts";
import { bridgesIn } from "../mqtt-bridges.ts";
import { platformSecrets } from "../platform-secrets.ts";
import type { Rule } from "./rule.ts";

/** What is pushed goes into a Vault, and is nothing that comes out of it. */
export const pushes: Rule = function* (platform) {
  for (const [region, settings] of Object.entries(platform.regions)) {
    const { externalSecrets, nats } = settings;
    const made = new Set(
      Object.values(platform.accounts)
        .flatMap(({ users }) => Object.values(users).flatMap(({ deliver }) => deliver))
        .filter((delivery) => delivery.region === region)
        .map(({ namespace, secret }) => `${namespace}/${secret}`),
    );
    for (const { namespace, secret } of bridgesIn(region, settings)) made.add(`${namespace}/${secret}`);
    for (const own of platformSecrets) made.add(`${nats.namespace}/${own}`);
    for (const [position, { namespace, secret }] of externalSecrets.push.entries()) {
      const path: Path = ["regions", region, "externalSecrets", "push", position];
      if (platform.keys.store !== "vault") {
        yield { path, found: show(secret), allowed: "it goes with keys.store: vault" };
      } else if (made.has(`${namespace}/${secret}`)) {
        const allowed = "this program has that Secret made of what is in Vault, or it stands here already";
        yield { path: [...path, "secret"], found: show(secret), allowed };
      }
      made.add(`${namespace}/${secret}`);
    }
  }
};
