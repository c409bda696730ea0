import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { withoutServices } from "../../../tools/debian.ts";

function policyIn(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "nats-platform-debian-"));
  context.after(() => {
    rmSync(folder, { recursive: true });
  });
  return join(folder, "policy-rc.d");
}

test("while packages are installed no service starts, and afterwards all is as it was", async (context) => {
  const policy = policyIn(context);
  let answer: number | null = null;
  await withoutServices(async () => {
    answer = spawnSync(policy, ["mosquitto", "start"]).status;
    await Promise.resolve();
  }, policy);
  assert.equal(answer, 101);
  assert.ok(!existsSync(policy));
});

test("a policy that an interrupted installation left behind goes with the next one", async (context) => {
  const policy = policyIn(context);
  let left = "";
  await withoutServices(async () => {
    left = readFileSync(policy, "utf8");
    await Promise.resolve();
  }, policy);
  writeFileSync(policy, left, { mode: 0o755 });
  await withoutServices(() => Promise.resolve(), policy);
  assert.ok(!existsSync(policy));
});

test("a policy of somebody else holds, and stays", async (context) => {
  const policy = policyIn(context);
  const theirs = "#!/bin/sh\nexit 104\n";
  writeFileSync(policy, theirs, { mode: 0o755 });
  await withoutServices(() => Promise.resolve(), policy);
  assert.equal(readFileSync(policy, "utf8"), theirs);
});
