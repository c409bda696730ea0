import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { PROJECT } from "../../../tools/project.ts";
import { countTests, ringEnvironment, runRing } from "../../../tools/ring-run.ts";
import { RINGS, select } from "../../../tools/rings.ts";

const [unit] = RINGS;

test("every ring has its folder", () => {
  for (const ring of RINGS) assert.ok(existsSync(join(PROJECT, "test", ring.name)), ring.name);
});

test("without arguments everything is run", () => {
  assert.deepEqual(select([]), { hasChecks: true, rings: RINGS, options: [], files: [] });
});

test("a named ring runs without the checks, and what follows goes to the test runner", () => {
  const selection = select(["unit", "--test-name-pattern=x", "test/unit/a.test.ts"]);
  assert.deepEqual(selection, {
    hasChecks: false,
    rings: [unit],
    options: ["--test-name-pattern=x"],
    files: ["test/unit/a.test.ts"],
  });
});

test("the checks can be named alone or with rings", () => {
  assert.deepEqual(select(["checks"]).rings, []);
  assert.ok(select(["checks", "unit"]).hasChecks);
});

test("a ring that does not exist is refused with the ones that do", () => {
  assert.throws(
    () => select(["units"]),
    /^Trouble: found ring "units", but the rings are checks, unit, servers, engine/,
  );
});

test("a test that was skipped, cancelled or is to do counts as failed", () => {
  const report =
    "TAP version 13\n1..4\n# tests 7\n# suites 0\n# pass 3\n# fail 1\n# cancelled 1\n# skipped 1\n# todo 1\n";
  assert.deepEqual(countTests(report), { passed: 3, failed: 4 });
  assert.deepEqual(countTests(""), { passed: 0, failed: 0 });
});

test("tests see our tools first and nothing of the user's own Pulumi, cluster or NATS contexts", () => {
  const env = ringEnvironment(["/tools"], {
    PATH: "/bin",
    HOME: "/home/x",
    KUBECONFIG: "k",
    PULUMI_ACCESS_TOKEN: "t",
    NATS_URL: "u",
    NATS_PLATFORM_BIN: "b",
  });
  assert.equal(env.PATH, "/tools:/bin");
  assert.deepEqual(Object.keys(env).sort(), [
    "HOME",
    "NATS_PLATFORM_BIN",
    "NATS_PLATFORM_NODE",
    "PATH",
    "PULUMI_SKIP_UPDATE_CHECK",
  ]);
});

test("a ring counts its tests, and one in which no test has run has failed", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "nats-platform-test-"));
  context.after(() => rm(folder, { recursive: true }));
  const file = join(folder, "one.test.mjs");
  await mkdir(join(folder, "empty"));
  assert.ok(unit !== undefined);
  // The runner must not take itself for a part of the run that this test belongs to.
  const outer = process.env.NODE_TEST_CONTEXT;
  delete process.env.NODE_TEST_CONTEXT;
  context.after(() => {
    if (outer !== undefined) process.env.NODE_TEST_CONTEXT = outer;
  });

  await writeFile(
    file,
    `import { test } from "node:test"; test("a", () => {}); test("b", () => {}); test("c", () => { throw new Error("red"); });`,
  );
  const run = (files: string[]) => runRing(unit, { options: [], files }, [], false);
  const outcome = await run([file]);
  assert.deepEqual([outcome.passed, outcome.failed], [2, 1]);
  assert.match(outcome.output, /red/);

  const empty = await run([join(folder, "empty", "*.test.mjs")]);
  assert.deepEqual([empty.passed, empty.failed], [0, 1]);
  assert.match(empty.output, /no test has run/);
});
