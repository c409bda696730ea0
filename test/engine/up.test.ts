import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { stackFileText } from "./support/configuration.ts";
import { finishedCopy, freshCopy, npmPulumi, pulumi, up, type ProjectCopy } from "./support/project-copy.ts";
import { differences, filesOf } from "./support/rendered.ts";
import { contentOf, stateOf } from "./support/state.ts";
import { assertCredentialsFit, assertManifestsInStep } from "./support/trust-check.ts";

describe("npm run up", { concurrency: 2 }, () => {
  test("the first update ends well and says where the manifests are and which are sensitive", async () => {
    const copy = await freshCopy();
    const { code, output } = await up(copy);
    assert.equal(code, 0, output);
    assert.match(output, /manifests\s*: "deploy\/local"/);
    assert.match(output, /sensitive\s*: "deploy\/local-secrets \(Secrets in plain text: never commit it\)"/);
    assert.match(output, /apply\s*: "kubectl apply -R -f deploy\/local/);
    assertManifestsInStep(copy, await stateOf(copy));
    assert.equal(assertCredentialsFit(copy), 8, "users of the dev stack");
  });

  test("an update leaves the stack's file as it was, to the byte", async () => {
    const copy = await freshCopy();
    const before = stackFileText(copy);
    assert.equal((await up(copy)).code, 0);
    assert.equal(stackFileText(copy), before);
    const { code, output } = await npmPulumi(copy, ["preview", "--stack", "dev", "--expect-no-changes"]);
    assert.equal(code, 0, output);
    assert.equal(stackFileText(copy), before);
  });

  test("plain pulumi adds no setting to the stack's file but the salt of its passphrase", async () => {
    const copy = await finishedCopy();
    const before = parse(stackFileText(copy)) as Record<string, unknown>;
    assert.equal((await pulumi(copy, ["preview"])).code, 0);
    const { encryptionsalt: _, ...after } = parse(stackFileText(copy)) as Record<string, unknown>;
    assert.deepEqual(after, before);
  });

  test("Secrets are for their owner's eyes and unknown to Git", async () => {
    const copy = await finishedCopy();
    const folder = join(copy.folder, "deploy/local-secrets");
    assert.equal(modeOf(folder), "700");
    const files = readdirSync(folder).filter((file) => file.endsWith(".yaml"));
    assert.equal(files.length, 10);
    for (const file of files) assert.equal(modeOf(join(folder, file)), "600", file);
    assert.equal(modeOf(join(copy.folder, ".nats-platform")), "700");
    assert.equal(modeOf(join(copy.folder, ".nats-platform/passphrase")), "600");

    const ignored = [
      "deploy/local-secrets/secret.orders.orders-nats.yaml",
      "deploy/local-secrets",
      ".nats-platform/passphrase",
    ];
    git(copy, "init", "--quiet");
    assert.deepEqual(git(copy, "check-ignore", ...ignored).split("\n"), ignored);
    const known = git(copy, "ls-files", "--others", "--exclude-standard", "deploy", ".nats-platform").split("\n");
    assert.deepEqual(
      known.map((file) => file.split("/")[1]),
      Array.from({ length: 22 }, () => "local"),
    );
  });

  test("the state is made of files that are written whole or not at all", async () => {
    // The attributes that the engine keeps beside its files are written in place: see tools/backend.ts.
    const files = Object.keys(filesOf(await finishedCopy(), ".nats-platform/state"));
    assert.ok(files.some((file) => file.endsWith("/stacks/nats-platform/dev.json")));
    assert.deepEqual(
      files.filter((file) => file.endsWith(".attrs")),
      [],
    );
  });

  test("a second update changes nothing", async () => {
    const copy = await finishedCopy();
    const [state, files] = [await stateOf(copy), filesOf(copy)];
    const { code, output } = await up(copy);
    assert.equal(code, 0, output);
    assert.match(
      output,
      new RegExp(`Resources:\\s+${state.resources.length - 1} unchanged\\s`),
      "all but the provider",
    );
    assert.deepEqual(differences(files, filesOf(copy)), []);
    assert.deepEqual(contentOf(await stateOf(copy)), contentOf(state));
  });

  test("preview, up and refresh find an untouched stack as it should be", async () => {
    const copy = await finishedCopy();
    const [state, files] = [await stateOf(copy), filesOf(copy)];
    for (const command of [["preview"], ["up", "--yes"], ["refresh", "--yes"], ["preview", "--refresh"]]) {
      const { code, output } = await pulumi(copy, [...command, "--expect-no-changes"]);
      assert.equal(code, 0, output);
    }
    assert.deepEqual(contentOf(await stateOf(copy)), contentOf(state));
    assert.deepEqual(differences(files, filesOf(copy)), []);
  });
});

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

function git({ folder }: ProjectCopy, ...args: string[]): string {
  return execFileSync("git", args, { cwd: folder, encoding: "utf8" }).trim();
}
