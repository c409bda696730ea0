import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { assertQuiet } from "./support/changes.ts";
import { configure } from "./support/configuration.ts";
import { finishedCopy, freshCopy, startUp, up, type ProjectCopy } from "./support/project-copy.ts";
import { enginesIn } from "./support/kill.ts";
import { filesOf, differences } from "./support/rendered.ts";
import { keysOf, stateOf } from "./support/state.ts";
import { assertCredentialsFit, assertManifestsInStep } from "./support/trust-check.ts";

describe("two updates at once", { concurrency: 2 }, () => {
  test("the second is refused and told who is at work, and the first one ends well", async () => {
    const copy = await finishedCopy();
    const keys = keysOf(await stateOf(copy));
    configure(copy, ["accounts", "IOT", "limits", "connections"], 200);
    const first = startUp(copy);
    await locked(copy);
    const engines = enginesIn(copy.folder);
    assert.equal(engines.length, 1);
    // Held still, so that the first is at work for as long as the second one needs to be refused.
    for (const pid of engines) process.kill(pid, "SIGSTOP");
    try {
      const files = filesOf(copy);
      for (const attempt of [1, 2]) {
        const { code, output } = await up(copy);
        assert.notEqual(code, 0, output);
        assert.match(
          output,
          new RegExp(`stack dev is being updated: process ${engines[0] ?? ""} on ${hostname()} .+ is running`),
        );
        assert.doesNotMatch(output, /removed the lock|^\s+at .+:\d+/m);
        assert.equal(locksOf(copy).length, 1, `attempt ${attempt} leaves the lock alone`);
        assert.deepEqual(differences(files, filesOf(copy)), []);
      }
    } finally {
      // Also where the test has failed: nobody else would ever wake it.
      for (const pid of engines) process.kill(pid, "SIGCONT");
    }

    const { code, output } = await first.ended;
    assert.equal(code, 0, output);
    assert.deepEqual(locksOf(copy), []);
    assert.deepEqual(keysOf(await stateOf(copy)), keys);
    await assertQuiet(copy);
  });

  test("two first updates that start in the same moment make one platform", async () => {
    const copy = await freshCopy();
    const ends = await Promise.all([up(copy), up(copy)]);
    const good = ends.filter(({ code }) => code === 0);
    for (const { output } of ends) assert.doesNotMatch(output, /^\s+at .+:\d+/m);
    const between = keysOf(await stateOf(copy));
    const last = await up(copy);
    assert.equal(last.code, 0, last.output);
    const state = await stateOf(copy);
    const after = keysOf(state);
    assert.deepEqual(Object.fromEntries(Object.keys(between).map((name) => [name, after[name]])), between);
    assertManifestsInStep(copy, state);
    assert.equal(assertCredentialsFit(copy), 8);
    assert.ok(good.length >= 1, ends.map(({ output }) => output).join("\n---\n"));
  });
});

async function locked(copy: ProjectCopy): Promise<void> {
  for (let waited = 0; locksOf(copy).length === 0; waited += 20) {
    if (waited > 120_000) throw new Error("the first update takes no lock");
    await pause(20);
  }
}

function locksOf({ folder }: ProjectCopy): string[] {
  const locks = join(folder, ".nats-platform/state/.pulumi/locks/organization/nats-platform/dev");
  return existsSync(locks) ? readdirSync(locks).filter((file) => file.endsWith(".json")) : [];
}
