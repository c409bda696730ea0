import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parse } from "yaml";
import { parsePlatform } from "../../config/parse.ts";
import type { VaultKeys } from "../../config/schema.ts";
import { startVault, type TestVault } from "../support/vault.ts";
import { freshCopy, npmPulumi, pulumi, up, type ProjectCopy } from "./support/project-copy.ts";
import { differences, filesOf } from "./support/rendered.ts";
import { keysOf, stateOf } from "./support/state.ts";
import { assertManifestsInStep, assertUsersFit } from "./support/trust-check.ts";
import { credentialsInVault, keysInVault, minterToken, withToken } from "./support/vault-copy.ts";

let vault: TestVault;
before(async () => {
  vault = await startVault();
});
after(() => vault.stop());

test("the prod stack is previewed on a fresh copy, comes up in all of its regions, and is then left alone", async () => {
  const fresh = await freshCopy();
  const keys = useVault(fresh);
  const copy = withToken(fresh, await minterToken(vault, keys));
  await npmPulumi(copy, ["stack", "init", "prod"]);
  // A preview asks Vault nothing: pull requests need no token.
  const preview = await pulumi(fresh, ["preview", "--stack", "prod"]);
  assert.equal(preview.code, 0, preview.output);
  assert.match(preview.output, /\+ \d+ to create/);
  assert.deepEqual(filesOf(copy), {}, "a preview writes no file");
  assert.deepEqual(await keysInVault(vault, keys), {}, "and no key");

  const { code, output } = await up(copy, ["--stack", "prod"]);
  assert.equal(code, 0, output);
  const state = await stateOf(copy, "prod");
  assertManifestsInStep(copy, state);
  const credentials = await credentialsInVault(vault, keys);
  assertUsersFit(state, Object.values(credentials));
  const inRegion = (region: string) =>
    Object.keys(credentials).filter((place) => place.startsWith(`${region}/`)).length;
  assert.deepEqual([inRegion("eu-east"), inRegion("us-west")], [7, 3]);
  const trust = (await vault.must("GET", `secret/data/${keys.path}/trust`)).data.data as Record<string, string>;
  assert.deepEqual(
    Object.keys(trust).sort(),
    ["iot", "services", "sys"]
      .flatMap((name) => [`${name}_account_jwt`, `${name}_account_public`])
      .concat("operator_jwt", "operator_public")
      .sort(),
  );
  const [files, known, minted] = [filesOf(copy), keysOf(state), await keysInVault(vault, keys)];
  assert.ok(!Object.keys(files).some((path) => /^deploy\/[^/]+-secrets\//.test(path)), "all of it can be committed");

  const again = await pulumi(copy, ["up", "--yes", "--expect-no-changes", "--stack", "prod"]);
  assert.equal(again.code, 0, again.output);
  assert.deepEqual(keysOf(await stateOf(copy, "prod")), known);
  assert.deepEqual(differences(files, filesOf(copy)), []);
  assert.deepEqual(await keysInVault(vault, keys), minted);
  assert.deepEqual(await credentialsInVault(vault, keys), credentials);
});

/** Has the prod stack of a copy use the test's Vault, and nothing else changed. */
function useVault({ folder }: ProjectCopy): VaultKeys {
  const file = join(folder, "Pulumi.prod.yaml");
  const text = readFileSync(file, "utf8").replace(/^( *address: )\S+$/m, `$1${vault.address}`);
  writeFileSync(file, text);
  const { config } = parse(text) as { config: Record<string, unknown> };
  const { keys } = parsePlatform(config["nats-platform:platform"]);
  assert.ok(keys.store === "vault" && keys.address === vault.address);
  return keys;
}
