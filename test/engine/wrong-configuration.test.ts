import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { configure } from "./support/configuration.ts";
import { finishedCopy, freshCopy, pulumi, up } from "./support/project-copy.ts";
import { differences, filesOf } from "./support/rendered.ts";
import { contentOf, stateOf } from "./support/state.ts";

describe("a wrong configuration", { concurrency: 2 }, () => {
  test("fails the preview and the update with all of its problems, and nothing happens", async () => {
    const copy = await finishedCopy();
    const [files, state] = [filesOf(copy), await stateOf(copy)];
    configure(copy, ["regions", "local", "nats", "replicas"], 2);
    configure(
      copy,
      ["accounts", "IOT", "users", "thermometer", "deliver"],
      [{ region: "mars", namespace: "iot", secret: "t" }],
    );
    configure(copy, ["accounts", "SERVICES", "jetstream", "disk"], "20 gigs");
    for (const { code, output } of [await pulumi(copy, ["preview"]), await up(copy)]) {
      assert.notEqual(code, 0, output);
      const lines = output.split("\n").map((line) => line.trim());
      for (const path of [
        "accounts.IOT.users.thermometer.deliver[0].region",
        "accounts.SERVICES.jetstream.disk",
        "regions.local.nats.replicas",
      ]) {
        const problem = lines.find((line) => line.startsWith(`${path}: `)) ?? "";
        assert.match(problem, /: found .+, but .+/, `${path}\n${output}`);
      }
      assert.doesNotMatch(output, /^\s+at .+:\d+/m, "no stack trace");
      assert.doesNotMatch(output, /\bcreated\b|\bupdated\b|\bdeleted\b/);
      assert.deepEqual(differences(files, filesOf(copy)), []);
      assert.deepEqual(contentOf(await stateOf(copy)), contentOf(state));
    }
  });

  test("mints nothing and writes nothing on a fresh copy", async () => {
    const copy = await freshCopy();
    configure(copy, ["accounts", "SERVICES", "users", "orders", "role"], "boss");
    const { code, output } = await up(copy);
    assert.notEqual(code, 0, output);
    assert.match(output, /accounts\.SERVICES\.users\.orders\.role: found "boss", but /);
    assert.deepEqual(filesOf(copy), {});
    const { resources } = await stateOf(copy);
    assert.deepEqual(
      resources.filter(({ type }) => type.startsWith("pulumi-nodejs:")),
      [],
    );
  });
});
