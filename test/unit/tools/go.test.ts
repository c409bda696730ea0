import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { buildInputs, goBuild, type GoBuild } from "../../../tools/go.ts";

/** Answers as `go` does, and builds a program that says what it was built with. */
const FAKE_GO = `#!/bin/sh
case "$1" in
  env) echo go1.26.0 ;;
  list) for module; do :; done; echo "$FAKE_MODULES/$module" ;;
  build) while [ "$1" != -o ]; do shift; done; ls > "$2" ;;
esac
`;

test("a build keeps a module's folder beside the folder of its programs", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "nats-platform-go-"));
  const before = { ...process.env };
  context.after(() => {
    process.env = before;
    rmSync(folder, { recursive: true });
  });
  for (const path of ["bin", "source", "modules/example.org/m/definitions"])
    mkdirSync(join(folder, path), { recursive: true });
  writeFileSync(join(folder, "bin/go"), FAKE_GO, { mode: 0o755 });
  writeFileSync(join(folder, "source/go.mod"), "module m\n");
  writeFileSync(join(folder, "modules/example.org/m/definitions/a.yaml"), "a: 1\n", { mode: 0o444 });
  Object.assign(process.env, {
    PATH: [join(folder, "bin"), before.PATH].join(delimiter),
    XDG_CACHE_HOME: join(folder, "cache"),
    FAKE_MODULES: join(folder, "modules"),
  });

  const build: GoBuild = {
    name: "program",
    title: "a program",
    takes: "no time",
    source: join(folder, "source"),
    packages: "tool",
    programs: ["program"],
    keep: { module: "example.org/m", folder: "definitions", as: "kept" },
  };
  const programs = await goBuild(build);
  assert.equal(readFileSync(join(programs, "program"), "utf8"), "go.mod\n");
  assert.equal(readFileSync(join(programs, "../kept/a.yaml"), "utf8"), "a: 1\n");
  assert.ok(!existsSync(join(programs, "../.source")));
});

test("what a build keeps decides whether it has to be made again; a build that keeps nothing is the one that it was", () => {
  const build: GoBuild = {
    name: "program",
    title: "a program",
    takes: "no time",
    source: import.meta.dirname,
    packages: ".",
    programs: ["program"],
  };
  const { keep: none, ...inputs } = buildInputs(build, "go1.26.0");
  const { keep, ...others } = buildInputs({ ...build, keep: { module: "m", folder: "f", as: "k" } }, "go1.26.0");
  assert.equal(none, undefined);
  assert.match(String(keep), /"folder":"f"/);
  assert.deepEqual(others, inputs);
});
