import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { dropSalt, withoutSalt } from "../../../tools/salt.ts";
import { stackOf, withoutStack } from "../../../tools/session.ts";
import { factsOf, stackFacts, stackFile } from "../../../tools/stack-file.ts";

function platform(yaml: string): string {
  return `config:\n  nats-platform:platform:\n${yaml.replace(/^/gm, "    ")}\n`;
}

test("a stack needs the Kubernetes provider only if a region of it names a cluster", () => {
  const cases: [yaml: string, hasClusterTarget: boolean][] = [
    ["regions: { a: { target: { render: deploy/a } } }", false],
    ["regions: { a: { target: { render: deploy/a } }, b: { target: { context: b, clusterIdentifier: b } } }", true],
    ["defaults: { target: { context: b } }\nregions: { a: {} }", true],
    ["regions: {}", false],
    ["regions: nonsense", false],
    ["operator: { name: context }", false],
  ];
  for (const [yaml, expected] of cases) {
    assert.equal(factsOf(platform(yaml)).hasClusterTarget, expected, yaml);
    assert.equal(factsOf(platform(yaml)).isVaultSetup, false);
  }
  assert.equal(factsOf("config: { nats-platform:vault: { stack: prod } }").isVaultSetup, true);
});

test("a stack file that is missing or can't be read has no facts; the program reports what is wrong with it", () => {
  const none = stackFacts("/nowhere/Pulumi.dev.yaml");
  assert.ok(Object.values(none).every((fact) => !fact));
  assert.deepEqual(factsOf("config: [unclosed"), none);
});

test("only a service counts as a secrets provider of its own", () => {
  assert.ok(factsOf("secretsprovider: awskms://alias/x\n").hasOwnSecretsProvider);
  assert.ok(!factsOf("secretsprovider: passphrase\nencryptionsalt: v1:x\n").hasOwnSecretsProvider);
});

test("encrypted values are seen wherever they are", () => {
  assert.ok(factsOf("config:\n  a:b:\n    secure: v1:x\n").hasSecrets);
  assert.ok(factsOf("config:\n  a:b:\n    deep:\n      - secure: v1:x\n").hasSecrets);
  assert.ok(!factsOf("config:\n  a:b: secure\n").hasSecrets);
});

test("the file of a stack is named by the last part of its name", () => {
  assert.equal(stackFile("/p", "dev"), "/p/Pulumi.dev.yaml");
  assert.equal(stackFile("/p", "organization/nats-platform/prod"), "/p/Pulumi.prod.yaml");
});

test("the stack is the one that the arguments name, in every spelling, and dev without one", () => {
  assert.equal(stackOf(["--stack", "a"], {}), "a");
  assert.equal(stackOf(["up", "--stack=b", "--yes"], {}), "b");
  assert.equal(stackOf(["-s", "c"], {}), "c");
  assert.equal(stackOf(["--diff"], { PULUMI_STACK: "d" }), "d");
  assert.equal(stackOf(["--", "--stack", "a"], {}), "dev");
  assert.deepEqual(withoutStack(["--diff", "--stack", "a", "--stack=b", "-s", "c", "--yes"]), ["--diff", "--yes"]);
});

const WRITTEN = "# Ours.\nconfig:\n  a:b:   { c: 1 }  # aligned\n";

function newStackFile(context: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "nats-platform-test-"));
  context.after(() => {
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, "Pulumi.dev.yaml");
  writeFileSync(file, text);
  return file;
}

test("a salt that the engine writes, and how it lays out the file, are undone", async (context) => {
  const file = newStackFile(context, WRITTEN);
  await withoutSalt(file, () => {
    writeFileSync(file, "# Ours.\nconfig:\n  a:b: {c: 1} # aligned\nencryptionsalt: v1:x:v1:y\n");
    return Promise.resolve();
  });
  assert.equal(readFileSync(file, "utf8"), WRITTEN);
});

test("they are undone also when the command fails", async (context) => {
  const file = newStackFile(context, WRITTEN);
  const failing = withoutSalt(file, () => {
    writeFileSync(file, `${WRITTEN}encryptionsalt: v1:x\n`);
    return Promise.reject(new Error("refused"));
  });
  await assert.rejects(failing, /refused/);
  assert.equal(readFileSync(file, "utf8"), WRITTEN);
});

test("a salt of someone else's passphrase is gone before the engine sees it", async (context) => {
  const file = newStackFile(context, `${WRITTEN}encryptionsalt: v1:theirs\n`);
  const seen = await withoutSalt(file, () => Promise.resolve(readFileSync(file, "utf8")));
  assert.equal(seen, WRITTEN);
});

test("a setting that a command changes is kept, with its salt", async (context) => {
  const file = newStackFile(context, WRITTEN);
  const changed = "config:\n  a:b:\n    secure: v1:z\nencryptionsalt: v1:x\n";
  await withoutSalt(file, () => {
    writeFileSync(file, changed);
    return Promise.resolve();
  });
  assert.equal(readFileSync(file, "utf8"), changed);
});

test("the salt of a file with encrypted values is left alone", async (context) => {
  const secret = "config:\n  a:b:\n    secure: v1:z\nencryptionsalt: v1:x\n";
  const file = newStackFile(context, secret);
  assert.equal(await withoutSalt(file, () => Promise.resolve(readFileSync(file, "utf8"))), secret);
  assert.equal(readFileSync(file, "utf8"), secret);
});

test("only the top-level salt is dropped", () => {
  assert.equal(
    dropSalt("config:\n  a:encryptionsalt: 1\n  encryptionsalt: 2\n"),
    "config:\n  a:encryptionsalt: 1\n  encryptionsalt: 2\n",
  );
  assert.equal(dropSalt("encryptionsalt: v1\nconfig: {}\n"), "config: {}\n");
});
