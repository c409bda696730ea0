import assert from "node:assert/strict";
import { test } from "node:test";
import { freshCopy, npmPulumi, pulumi, up } from "./support/project-copy.ts";
import { differences, filesOf } from "./support/rendered.ts";
import { keysOf, stateOf } from "./support/state.ts";
import { assertCredentialsFit, assertManifestsInStep } from "./support/trust-check.ts";

test("the prod stack is previewed on a fresh copy, comes up in all of its regions, and is then left alone", async () => {
  const copy = await freshCopy();
  await npmPulumi(copy, ["stack", "init", "prod"]);
  const preview = await pulumi(copy, ["preview", "--stack", "prod"]);
  assert.equal(preview.code, 0, preview.output);
  assert.match(preview.output, /\+ \d+ to create/);
  assert.deepEqual(filesOf(copy), {}, "a preview writes nothing");

  const { code, output } = await up(copy, ["--stack", "prod"]);
  assert.equal(code, 0, output);
  const state = await stateOf(copy, "prod");
  assertManifestsInStep(copy, state);
  const east = assertCredentialsFit(copy, "deploy/eu-east-secrets");
  const west = assertCredentialsFit(copy, "deploy/us-west-secrets");
  assert.ok(east >= 7 && west >= 2, `${east} users in eu-east, ${west} in us-west`);
  const [files, keys] = [filesOf(copy), keysOf(state)];

  const again = await pulumi(copy, ["up", "--yes", "--expect-no-changes", "--stack", "prod"]);
  assert.equal(again.code, 0, again.output);
  assert.deepEqual(keysOf(await stateOf(copy, "prod")), keys);
  assert.deepEqual(differences(files, filesOf(copy)), []);
});
