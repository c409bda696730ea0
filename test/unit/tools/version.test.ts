import assert from "node:assert/strict";
import { test } from "node:test";
import { ENGINE_MINIMUM, versionProblem } from "../../../tools/engine.ts";
import { PULUMI_VERSION } from "../../../tools/go-builds.ts";
import { isAtLeast, parseVersion } from "../../../tools/version.ts";

test("a version is found in what commands print", () => {
  assert.deepEqual(parseVersion("v3.259.0\n"), [3, 259, 0]);
  assert.deepEqual(parseVersion("v3.260.1-dev.0+dirty"), [3, 260, 1]);
  assert.deepEqual(parseVersion("go1.26"), [1, 26, 0]);
  assert.equal(parseVersion("not found"), undefined);
});

test("versions are compared number by number", () => {
  assert.ok(isAtLeast([3, 259, 0], [3, 259, 0]));
  assert.ok(isAtLeast([3, 1000, 0], [3, 259, 9]));
  assert.ok(isAtLeast([4, 0, 0], [3, 259, 0]));
  assert.ok(!isAtLeast([3, 258, 99], [3, 259, 0]));
  assert.ok(!isAtLeast([2, 999, 0], [3, 259, 0]));
});

test("a CLI that is too old is refused with its version and the oldest that will do", () => {
  assert.equal(versionProblem("v3.258.4\n"), "version v3.258.4; it takes 3.259.0 or newer");
  assert.equal(versionProblem("v3.259.0\n"), undefined);
  assert.equal(versionProblem("v3.275.0\n"), undefined);
  assert.equal(versionProblem("cannot tell"), "version cannot tell; it takes 3.259.0 or newer");
});

test("the CLI that we build is new enough for ourselves", () => {
  const built = parseVersion(PULUMI_VERSION);
  assert.ok(built !== undefined && isAtLeast(built, ENGINE_MINIMUM));
});
