import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { after, test } from "node:test";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import { loadPlatform } from "../../../config/load.ts";
import { parsePlatform } from "../../../config/parse.ts";
import { valuesMaterial } from "../../../config/values-file.ts";
import { encodeSeed, publicKeyOf } from "../../../nats/nkeys.ts";
import { manifestsOf, runProgram } from "../../support/program.ts";
import { messageOf } from "./wrong.ts";

// A values file is relative to the project, so that it has to be in it.
const project = fileURLToPath(new URL("../../..", import.meta.url));
const folder = mkdtempSync(join(project, "values-"));
after(() => {
  rmSync(folder, { recursive: true });
});

const seed = encodeSeed("user", new Uint8Array(32).fill(3));
const publicKey = publicKeyOf(seed);

/** The chart's own example, with a key that is one in place of its dots. */
const chart = {
  global: { argocd: { enabled: true } },
  images: { nkeyGenerator: { registry: "registry.example" } },
  natsNKeys: {
    jwtMint: { enabled: true, secretName: "jwt-mint-nkey", publicKey: "", seed: "", generate: true, overwrite: false },
    userAuth: { enabled: true, secretName: "nats-user-nkey", publicKey, seed, generate: false, overwrite: false },
  },
  natsAuth: {
    userAuth: { enabled: true, secretName: "nats-user-auth", password: "", generate: true, overwrite: false },
    policy: { enabled: true, secretName: "nats-policy-auth", password: "", generate: true, overwrite: true },
    off: { enabled: false, secretName: "off", password: "", generate: true },
    unused: { enabled: true, secretName: "unused", password: "", generate: false },
  },
  natsJwtAuth: {
    jwtMint: {
      enabled: true,
      secretName: "jwt-mint-auth",
      claims: ["robot_type:service"],
      token: "",
      generate: true,
      overwrite: false,
      tokenType: "robot",
      robotName: "jwt-mint",
    },
  },
};

let files = 0;

/** Writes a values file and gives its name. */
function valuesFile(values: object): string {
  files += 1;
  const name = `values-${String(files)}.yaml`;
  writeFileSync(join(folder, name), stringify(values));
  return `${basename(folder)}/${name}`;
}

function platform(values: object, secrets: object = {}, over: object = {}): unknown {
  return {
    operator: { name: "acme" },
    secrets: { fromValues: valuesFile(values), deliver: [{ region: "eu", namespace: "glass" }], ...secrets },
    regions: { eu: { target: { render: "deploy/eu" } } },
    ...over,
  };
}

/** The Secrets in the namespace of the chart that a run makes: name to values as text. */
async function secretsOf(input: unknown): Promise<Record<string, Record<string, string>>> {
  const found = manifestsOf(await runProgram({ stack: "glass", platform: input })).filter(
    ({ manifest }) => manifest.kind === "Secret" && manifest.metadata.namespace === "glass",
  );
  return Object.fromEntries(
    found.map(({ manifest }) => {
      const { data } = manifest as unknown as { data: Record<string, string> };
      const text = Object.entries(data).map(([name, value]) => [name, Buffer.from(value, "base64").toString()]);
      return [manifest.metadata.name, Object.fromEntries(text) as Record<string, string>];
    }),
  );
}

test("a values file of the chart is taken as it is, and its Secrets have the names that the cluster sees", async () => {
  const secrets = await secretsOf(platform(chart));
  assert.deepEqual(Object.keys(secrets).sort(), [
    "glass-jwt-mint-auth",
    "glass-jwt-mint-nkey",
    "glass-nats-policy-auth",
    "glass-nats-user-auth",
    "glass-nats-user-nkey",
  ]);
});

test("material that stands in the file is used, and is not part of the configuration", async () => {
  const input = platform(chart);
  assert.deepEqual((await secretsOf(input))["glass-nats-user-nkey"], { publicKey, seed });
  const parsed = parsePlatform(input);
  assert.ok(!JSON.stringify(parsed).includes(seed));
  assert.equal(parsed.secrets.natsNKeys.userAuth?.seedFrom, "values.natsNKeys.userAuth");
  assert.equal(valuesMaterial(parsed.secrets.fromValues ?? "", "values.natsNKeys.userAuth"), seed);
});

test("material that is given wins over generate, as in the chart", async () => {
  const natsAuth = { policy: { secretName: "nats-policy-auth", password: "hunter2", generate: true } };
  assert.deepEqual(await secretsOf(platform({ natsAuth })), { "glass-nats-policy-auth": { password: "hunter2" } });
});

test("a seed in the file that is not the one of publicKey is refused, and not shown", () => {
  const wrong = {
    natsNKeys: {
      userAuth: { ...chart.natsNKeys.userAuth, publicKey: publicKeyOf(encodeSeed("user", new Uint8Array(32))) },
    },
  };
  pulumi.runtime.setAllConfig({ "nats-platform:platform": JSON.stringify(platform(wrong)) });
  assert.throws(loadPlatform, ({ message }: Error) => {
    assert.match(
      message,
      /secrets\.natsNKeys\.userAuth\.seedFrom: found the seed of U\w+ in values\.natsNKeys\.userAuth, but publicKey says U/,
    );
    return !message.includes(seed);
  });
});

test("what stands in the configuration comes on top of the file", () => {
  const parsed = parsePlatform(platform(chart, { natsAuth: { policy: { rotation: 2, overwrite: false } } }));
  const { secretName, rotation, overwrite, generate } = parsed.secrets.natsAuth.policy ?? {};
  assert.deepEqual(
    { secretName, rotation, overwrite, generate },
    { secretName: "glass-nats-policy-auth", rotation: 2, overwrite: false, generate: true },
  );
});

test("an entry that is off, or of which the chart would make nothing, is nothing", async () => {
  const parsed = parsePlatform(platform(chart));
  assert.equal(parsed.secrets.natsAuth.unused, undefined);
  assert.equal(parsed.secrets.natsAuth.off?.enabled, false);
  assert.equal((await secretsOf(platform(chart)))["glass-off"], undefined);
});

test("another prefix is another prefix", async () => {
  const natsAuth = { a: { secretName: "a", generate: true } };
  assert.deepEqual(Object.keys(await secretsOf(platform({ natsAuth }, { namePrefix: "ui-" }))), ["ui-a"]);
});

test("a name that is too long with its prefix is refused", () => {
  const natsAuth = { a: { secretName: "x".repeat(60), generate: true } };
  assert.match(
    messageOf(platform({ natsAuth })),
    /secrets\.natsAuth\.a\.secretName: found "glass-x+…", but a Secret's name has at most 63/,
  );
});

test("with keys in Vault, a secret in the file is refused, for it would go through the state", () => {
  const keys = { store: "vault", address: "https://vault.example", path: "nats" };
  assert.equal(
    messageOf(platform(chart, {}, { keys })).split("\n")[1],
    "  secrets.natsNKeys.userAuth.seedFrom: found a secret in the values file, in plain text, but with keys in Vault it is taken from there: put it into Vault and name it here (with keys in Vault, an existing seed is taken from there: its path below keys.mount, # and its field, such as my-team/nats#sys_account_seed)",
  );
});

test("a list of entries, named by their Secrets, is the same as a map", () => {
  const entry = { secretName: "glass-a", generate: true };
  const base = { operator: { name: "acme" }, regions: { eu: { target: { render: "deploy/eu" } } } };
  const deliver = [{ region: "eu", namespace: "glass" }];
  const [list, map] = [[entry], { "glass-a": entry }].map((natsAuth) =>
    parsePlatform({ ...base, secrets: { deliver, natsAuth } }),
  );
  assert.deepEqual(list, map);
});
