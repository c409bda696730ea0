import assert from "node:assert/strict";
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { assertQuiet, previewedChanges } from "./support/changes.ts";
import { configure } from "./support/configuration.ts";
import { finishedCopy, freshCopy, npmPulumi, pulumi, up } from "./support/project-copy.ts";
import { differences, filesOf } from "./support/rendered.ts";
import { keysOf, stateOf } from "./support/state.ts";
import { assertManifestsInStep } from "./support/trust-check.ts";

const SERVICE = "deploy/local/2-network/service.nats.nats.yaml";
const STATEFUL_SET = "deploy/local/3-workloads/statefulset.nats.nats.yaml";
const SECRET = "deploy/local-secrets/secret.orders.orders-nats.yaml";

describe("rendered files", { concurrency: 2 }, () => {
  test("what was edited or deleted by hand shows in the preview, alone, and comes back with the update", async () => {
    const copy = await finishedCopy();
    const [before, state] = [filesOf(copy), await stateOf(copy)];
    writeFileSync(join(copy.folder, STATEFUL_SET), (before[STATEFUL_SET] ?? "").replace("replicas: 3", "replicas: 1"));
    appendFileSync(join(copy.folder, SECRET), "# a remark\n");
    rmSync(join(copy.folder, SERVICE));
    assert.deepEqual(differences(before, filesOf(copy)), [SECRET, SERVICE, STATEFUL_SET]);

    const expected = ["update local.client", "update local.credentials.orders.orders-nats", "update local.servers"];
    assert.deepEqual(await previewedChanges(copy), expected);
    assert.deepEqual(differences(before, filesOf(copy)), [SECRET, SERVICE, STATEFUL_SET], "a preview writes nothing");
    const { code, output } = await up(copy);
    assert.equal(code, 0, output);
    assert.match(output, /~ 3 updated/);
    assert.deepEqual(differences(before, filesOf(copy)), []);
    assert.deepEqual(keysOf(await stateOf(copy)), keysOf(state));
    await assertQuiet(copy);
  });

  test("the Secrets come back to the byte when their whole folder was deleted", async () => {
    const copy = await finishedCopy();
    const before = filesOf(copy);
    rmSync(join(copy.folder, "deploy/local-secrets"), { recursive: true });
    const changes = await previewedChanges(copy);
    assert.equal(changes.length, 10, changes.join("\n"));
    assert.ok(
      changes.every((change) =>
        /^update local\.(credentials\..+|mqtt\.mosquitto\.mosquitto|nats-config)$/.test(change),
      ),
      changes.join("\n"),
    );
    assert.equal((await up(copy)).code, 0);
    assert.deepEqual(differences(before, filesOf(copy)), []);
    await assertQuiet(copy);
  });

  test("somebody else's file in the way is refused with what to do about it, and stays", async () => {
    const copy = await freshCopy();
    const file = join(copy.folder, SERVICE);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "apiVersion: v1\nkind: Service # mine\n");
    await npmPulumi(copy, ["stack", "init", "dev"]);
    for (const run of [() => pulumi(copy, ["preview"]), () => up(copy)]) {
      const { code, output } = await run();
      assert.notEqual(code, 0, output);
      assert.match(
        output,
        /deploy\/local\/2-network\/service\.nats\.nats\.yaml: found a file that nats-platform did not write/,
      );
      assert.match(output, /Move it away, or render to another folder/);
      assert.doesNotMatch(output, /^\s+at .+:\d+/m, "no stack trace");
      assert.equal(readFileSync(file, "utf8"), "apiVersion: v1\nkind: Service # mine\n");
    }
    rmSync(file);
    const { code, output } = await up(copy);
    assert.equal(code, 0, output);
    assertManifestsInStep(copy, await stateOf(copy));
  });

  test("another folder in the configuration takes every file with it", async () => {
    const copy = await finishedCopy();
    const [before, state] = [filesOf(copy), await stateOf(copy)];
    configure(copy, ["regions", "local", "target", "render"], "deploy/elsewhere");
    const { code, output } = await up(copy);
    assert.equal(code, 0, output);
    const moved = Object.entries(before).map(([path, text]) => [
      path.replace("deploy/local", "deploy/elsewhere"),
      text,
    ]);
    assert.deepEqual(filesOf(copy), Object.fromEntries(moved));
    assert.ok(!existsSync(join(copy.folder, "deploy/local-secrets")), "nothing is left of the old Secrets' folder");
    assert.deepEqual(keysOf(await stateOf(copy)), keysOf(state));
    await assertQuiet(copy);
  });

  test("destroying is refused while keys are protected, and removes every file once they are not", async () => {
    const copy = await finishedCopy();
    const before = filesOf(copy);
    const refused = await pulumi(copy, ["destroy", "--yes"]);
    assert.notEqual(refused.code, 0, refused.output);
    assert.match(refused.output, /protect/);
    assert.deepEqual(differences(before, filesOf(copy)), []);

    assert.equal((await pulumi(copy, ["state", "unprotect", "--all", "--yes"])).code, 0);
    const mine = join(copy.folder, "deploy/local/2-network/mine.yaml");
    writeFileSync(mine, "kind: Mine\n");
    const { code, output } = await pulumi(copy, ["destroy", "--yes"]);
    assert.equal(code, 0, output);
    assert.deepEqual(filesOf(copy), { "deploy/local/2-network/mine.yaml": "kind: Mine\n" });
    assert.deepEqual((await stateOf(copy)).resources, []);
  });
});
