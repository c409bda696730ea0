import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { loadPlatform } from "../../../config/load.ts";
import { encodeSeed } from "../../../nats/nkeys.ts";
import { messageOf } from "./message.ts";

const seeds = {
  operator: encodeSeed("operator", new Uint8Array(32).fill(1)),
  account: encodeSeed("account", new Uint8Array(32).fill(2)),
  user: encodeSeed("user", new Uint8Array(32).fill(3)),
};

/** The configuration as the engine hands it over: text by key, and the keys that hold a secret. */
function stack(platform: unknown, values: Record<string, string>, secretKeys: readonly string[]): void {
  const all = { platform: typeof platform === "string" ? platform : JSON.stringify(platform), ...values };
  const key = (name: string) => `nats-platform:${name}`;
  const entries = Object.entries(all).map(([name, value]) => [key(name), value] as const);
  pulumi.runtime.setAllConfig(Object.fromEntries(entries), secretKeys.map(key));
}

test("a seed is read as a secret", async () => {
  stack({ operator: { name: "dev", seedFrom: "opSeed" } }, { opSeed: seeds.operator }, ["opSeed"]);
  const { platform, secrets } = loadPlatform();
  const seed = secrets.seed("opSeed");
  assert.equal(platform.operator.seedFrom, "opSeed");
  assert.equal(await pulumi.isSecret(seed), true);
  assert.equal(await new Promise((resolve) => seed.apply(resolve)), seeds.operator);
  assert.ok(!JSON.stringify(platform).includes(seeds.operator));
});

test("only what seedFrom names can be read", () => {
  stack({ operator: { name: "dev" } }, { other: "value" }, ["other"]);
  const { secrets } = loadPlatform();
  assert.throws(() => secrets.seed("other"), /No seedFrom names the configuration value other/);
});

test("every wrong seed is reported beside every other mistake, with the command to type and without the seed", () => {
  stack(
    {
      operator: { name: "dev", seedFrom: "missing" },
      accounts: {
        A: {
          seedFrom: "plain",
          roles: { worker: { seedFrom: "role" } },
          users: { u: { seedFrom: "nonsense" }, v: { role: "wrker" } },
        },
      },
    },
    { plain: seeds.account, role: seeds.user, nonsense: "hunter2" },
    ["role", "nonsense"],
  );
  const paste = "and paste the seed when asked";
  assert.equal(
    messageOf(loadPlatform),
    [
      "The configuration has 5 problems:",
      `  accounts.A.roles.worker.seedFrom: found the seed of another kind (user) in role, but an account seed (SA…) is needed here: type \`pulumi config set --secret role\` ${paste}`,
      `  accounts.A.seedFrom: found plain in plain text, but a seed must be encrypted: type \`pulumi config set --secret plain\` ${paste}`,
      `  accounts.A.users.u.seedFrom: found a value in nonsense that is no seed (not shown), but a user seed (SU…) is needed here: type \`pulumi config set --secret nonsense\` ${paste}`,
      `  accounts.A.users.v.role: found "wrker", but account A has only the role worker`,
      `  operator.seedFrom: found the name missing, but there is no such value: type \`pulumi config set --secret missing\` ${paste}`,
    ].join("\n"),
  );
});

test("an encrypted value inside the platform is refused, and nothing of it is shown", () => {
  stack({ operator: { name: "hunter2 hunter2" } }, {}, ["platform"]);
  assert.equal(
    messageOf(loadPlatform),
    "The configuration has a problem:\n  platform: found an encrypted value (secure:) in it, but secrets stand beside it: give each a name of its own (pulumi config set --secret <name>) and write seedFrom: <name> here",
  );
});

test("a stack without a configuration is told what is missing", () => {
  pulumi.runtime.setAllConfig({}, []);
  assert.equal(
    messageOf(loadPlatform),
    "The configuration has a problem:\n  platform: found nothing, but a map is needed here; its keys are operator, keys, accounts, secrets, argocd, defaults and regions",
  );
});

test("a platform that is plain text is refused", () => {
  stack("yes", {}, []);
  assert.match(messageOf(loadPlatform), /^ {2}platform: found "yes", but a map is needed here/m);
});
