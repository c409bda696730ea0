import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { chooseBackend, passphraseFile } from "../../../tools/backend.ts";

function newProject(context: TestContext): { project: string; home: string } {
  const folder = mkdtempSync(join(tmpdir(), "nats platform-test-"));
  context.after(() => {
    rmSync(folder, { recursive: true });
  });
  const project = join(folder, "project");
  const home = join(folder, "home");
  mkdirSync(project);
  mkdirSync(join(home, ".pulumi"), { recursive: true });
  return { project, home };
}

function choose(project: string, env: NodeJS.ProcessEnv, hasOwnSecretsProvider = false) {
  return chooseBackend({ project, env, hasOwnSecretsProvider });
}

test("without a choice the state is a folder of the project, under a passphrase that is made once", (context) => {
  const { project, home } = newProject(context);
  const first = choose(project, { HOME: home });
  const file = join(project, ".nats-platform", "passphrase");
  assert.deepEqual(first.env, {
    PULUMI_BACKEND_URL: `${pathToFileURL(join(project, ".nats-platform", "state")).href}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE_FILE: file,
  });
  const passphrase = readFileSync(file, "utf8");
  assert.match(passphrase, /^[0-9a-f]{64}$/);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(statSync(join(project, ".nats-platform")).mode & 0o777, 0o700);

  assert.deepEqual(choose(project, { HOME: home }), first);
  assert.equal(readFileSync(file, "utf8"), passphrase);
});

test("of many that make the passphrase at once, all get the same words", async (context) => {
  const { project } = newProject(context);
  const module = pathToFileURL(join(import.meta.dirname, "../../../tools/backend.ts")).href;
  const script = `
    const { passphraseFile } = await import(${JSON.stringify(module)});
    const { readFileSync } = await import("node:fs");
    process.stdout.write(readFileSync(passphraseFile(${JSON.stringify(project)}), "utf8"));`;
  const run = () => promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
  const words = await Promise.all(Array.from({ length: 6 }, async () => (await run()).stdout));
  assert.equal(new Set(words).size, 1);
  assert.match(words[0] ?? "", /^[0-9a-f]{64}$/);
});

test("a passphrase file is never written over", (context) => {
  const { project } = newProject(context);
  writeFileSync(join(project, "passphrase"), "chosen by hand");
  assert.equal(readFileSync(passphraseFile(project), "utf8"), "chosen by hand");
});

test("the user's own passphrase wins, even an empty one", (context) => {
  const { project, home } = newProject(context);
  for (const own of [{ PULUMI_CONFIG_PASSPHRASE: "" }, { PULUMI_CONFIG_PASSPHRASE_FILE: "/some/file" }]) {
    const chosen = choose(project, { HOME: home, ...own });
    assert.deepEqual(Object.keys(chosen.env), ["PULUMI_BACKEND_URL"]);
    assert.ok(!chosen.hasOurPassphrase);
  }
  assert.ok(!existsSync(join(project, ".nats-platform", "passphrase")));
});

test("a stack with a secrets provider of its own gets no passphrase", (context) => {
  const { project, home } = newProject(context);
  assert.deepEqual(Object.keys(choose(project, { HOME: home }, true).env), ["PULUMI_BACKEND_URL"]);
});

test("the user's own backend wins, and then nothing is made in the project", (context) => {
  const { project, home } = newProject(context);
  const none = { env: {}, hasOurPassphrase: false };
  const url = "s3://somewhere";
  assert.deepEqual(choose(project, { HOME: home, PULUMI_BACKEND_URL: url }), { ...none, url });

  const service = "https://api.pulumi.com";
  assert.deepEqual(choose(project, { HOME: home, PULUMI_ACCESS_TOKEN: "x" }), { ...none, url: service });

  writeFileSync(join(home, ".pulumi", "credentials.json"), JSON.stringify({ current: "gs://login" }));
  assert.deepEqual(choose(project, { HOME: home }), { ...none, url: "gs://login" });

  writeFileSync(join(project, "Pulumi.yaml"), "name: x\nbackend:\n  url: azblob://project\n");
  assert.deepEqual(choose(project, { HOME: home }), { ...none, url: "azblob://project" });
  assert.ok(!existsSync(join(project, ".nats-platform")));
});

test("a login that was ended counts as none", (context) => {
  const { project, home } = newProject(context);
  writeFileSync(join(home, ".pulumi", "credentials.json"), JSON.stringify({ current: "" }));
  assert.ok(choose(project, { HOME: home }).hasOurPassphrase);
});
