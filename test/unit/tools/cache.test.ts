import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { cached, cacheFolder, cacheKey } from "../../../tools/cache.ts";
import { buildInputs, type GoBuild } from "../../../tools/go.ts";
import { kubernetesBuild, natsBuild, pulumiBuild } from "../../../tools/go-builds.ts";

/** An id that no process has: Linux and macOS stop far below. */
const NO_PROCESS = 2 ** 30;

function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "nats-platform-test-"));
  context.after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** A build over a source of its own, and the key of its cache folder. */
function keyOf(source: string, change: Partial<GoBuild> = {}, go = "go1.26.8"): string {
  const variables = { v: "1" };
  const build: GoBuild = {
    name: "x",
    title: "x",
    takes: "",
    source,
    packages: ".",
    programs: ["x"],
    variables,
    ...change,
  };
  return cacheKey(buildInputs(build, go));
}

test("the key of a build changes with each of its inputs and with nothing else", (context) => {
  const source = temporaryFolder(context);
  const write = (file: string, text: string) => {
    writeFileSync(join(source, file), text);
  };
  write("go.mod", "module x");
  write("go.sum", "sums");
  const first = keyOf(source);
  assert.equal(keyOf(source), first);
  assert.equal(keyOf(source, { title: "another title", takes: "long" }), first);

  const others = [
    keyOf(source, {}, "go1.26.9"),
    keyOf(source, { packages: "./cmd/y" }),
    keyOf(source, { programs: ["y"] }),
    keyOf(source, { variables: { v: "2" } }),
    keyOf(source, { embed: { module: "m", files: ["f"] } }),
  ];
  for (const file of ["go.mod", "go.sum", "main.go"]) {
    write(file, `changed ${file}`);
    others.push(keyOf(source));
  }
  assert.equal(new Set([first, ...others]).size, 1 + others.length);
});

test("the order of inputs does not matter", () => {
  assert.equal(cacheKey({ a: "1", b: ["2", "3"] }), cacheKey({ b: ["2", "3"], a: "1" }));
});

test("every Go build names the source, its platform and its compiler among its inputs", () => {
  for (const build of [pulumiBuild, natsBuild, kubernetesBuild]) {
    const inputs = buildInputs(build, "go1.26.8");
    assert.ok(inputs["file go.mod"] !== undefined && inputs["file go.sum"] !== undefined, build.name);
    assert.equal(inputs.go, "go1.26.8");
    assert.equal(inputs.platform, `${process.platform}-${process.arch}`);
  }
});

test("the cache is where XDG_CACHE_HOME says, and an empty one counts as unset", () => {
  assert.equal(cacheFolder({ XDG_CACHE_HOME: "/x" }), "/x/nats-platform");
  assert.match(cacheFolder({ XDG_CACHE_HOME: "" }), /\/\.cache\/nats-platform$/);
});

test("a cached folder is made once, whole or not at all, and what a killed build left is removed", async (context) => {
  const base = temporaryFolder(context);
  const before = process.env.XDG_CACHE_HOME;
  process.env.XDG_CACHE_HOME = base;
  context.after(() => {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
  });
  const cache = cacheFolder();
  const abandoned = join(cache, `other-1.building-${NO_PROCESS}`);
  mkdirSync(abandoned, { recursive: true });
  // The lock of a build that was killed holds up nobody.
  const { hostname } = await import("node:os");
  writeFileSync(join(cache, "build.lock"), JSON.stringify({ host: hostname(), pid: NO_PROCESS }));

  const failing = cached("tool", "1", (folder) => {
    writeFileSync(join(folder, "half"), "");
    return Promise.reject(new Error("broken build"));
  });
  await assert.rejects(failing, /broken build/);
  assert.deepEqual(readdirSync(cache), []);

  const folder = await cached("tool", "1", (building) => {
    writeFileSync(join(building, "whole"), "yes");
    return Promise.resolve();
  });
  assert.equal(readFileSync(join(folder, "whole"), "utf8"), "yes");
  const again = await cached("tool", "1", () => Promise.reject(new Error("made twice")));
  assert.equal(again, folder);
  assert.ok(!existsSync(join(cache, "build.lock")));
});
