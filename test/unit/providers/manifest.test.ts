import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { manifestProvider, type ManifestInputs } from "../../../providers/manifest.ts";

function config(path: string, value: string, sensitive = false): ManifestInputs {
  const manifest = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: { value } };
  return { path, sensitive, manifest };
}

function place(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "manifest-"));
  t.after(() => {
    rmSync(folder, { recursive: true });
  });
  return join(folder, "region", "configmap.a.yaml");
}

async function changes(olds: ManifestInputs, news: ManifestInputs): Promise<boolean | undefined> {
  return (await manifestProvider.diff(olds.path, olds, news)).changes;
}

async function restores(olds: ManifestInputs, news: ManifestInputs): Promise<string | undefined> {
  const { inputs, failures } = await manifestProvider.check(olds, news);
  assert.deepEqual(failures ?? [], []);
  return inputs?.restores;
}

test("a manifest that is on disk as it should be is no change", async (t) => {
  const asked = config(place(t), "1");
  await manifestProvider.create(asked);
  assert.equal(await changes(asked, asked), false);
  assert.equal(await restores(asked, asked), undefined);
});

test("the same content in another order of keys is no change", async (t) => {
  const asked = config(place(t), "1");
  await manifestProvider.create(asked);
  const manifest = Object.fromEntries(
    Object.entries(asked.manifest).reverse(),
  ) as unknown as ManifestInputs["manifest"];
  assert.equal(await changes(asked, { ...asked, manifest }), false);
});

test("a file that was edited is noticed, named and put right", async (t) => {
  const asked = config(place(t), "1");
  await manifestProvider.create(asked);
  const written = readFileSync(asked.path, "utf8");
  writeFileSync(asked.path, written.replace('"1"', '"2"'));
  assert.equal(await changes(asked, asked), true);
  assert.equal(await restores(asked, asked), "the file was edited");
  await manifestProvider.update(asked.path, asked, asked);
  assert.equal(readFileSync(asked.path, "utf8"), written);
});

test("a file that was deleted is noticed, named and put back", async (t) => {
  const asked = config(place(t), "1");
  await manifestProvider.create(asked);
  rmSync(asked.path);
  assert.equal(await changes(asked, asked), true);
  assert.equal(await restores(asked, asked), "the file was deleted");
  await manifestProvider.update(asked.path, asked, asked);
  assert.equal(await changes(asked, asked), false);
});

test("a change of ours is not taken for somebody's edit", async (t) => {
  const asked = config(place(t), "1");
  await manifestProvider.create(asked);
  const next = config(asked.path, "2");
  assert.equal(await changes(asked, next), true);
  assert.equal(await restores(asked, next), undefined);
});

test("somebody else's file in the way is refused and left as it is", async (t) => {
  const asked = config(place(t), "1");
  await manifestProvider.create(asked);
  writeFileSync(asked.path, "mine: true\n");
  const { failures = [] } = await manifestProvider.check(asked, asked);
  assert.match(
    failures[0]?.reason ?? "",
    /found a file that nats-platform did not write, but it must not exist or be one of ours/,
  );
  await assert.rejects(async () => manifestProvider.create(asked), /did not write this file and leaves it alone/);
  await manifestProvider.delete(asked.path, asked);
  assert.equal(readFileSync(asked.path, "utf8"), "mine: true\n");
});

test("a manifest that moves is written to its new place, and then the old file goes with its folder", async (t) => {
  const asked = config(place(t), "1");
  await manifestProvider.create(asked);
  const next = config(join(asked.path, "..", "..", "other", "configmap.a.yaml"), "1");
  assert.deepEqual(await manifestProvider.diff(asked.path, asked, next), { changes: true, replaces: ["path"] });
  await manifestProvider.create(next);
  await manifestProvider.delete(asked.path, asked);
  assert.equal(existsSync(join(asked.path, "..")), false);
  assert.equal(existsSync(next.path), true);
});

test("a sensitive file is for its owner alone, and its folder is kept out of Git until the last one goes", async (t) => {
  const asked = config(place(t), "1", true);
  await manifestProvider.create(asked);
  const folder = join(asked.path, "..");
  assert.equal(statSync(asked.path).mode & 0o777, 0o600);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.match(readFileSync(join(folder, ".gitignore"), "utf8"), /^\*$/m);
  await manifestProvider.delete(asked.path, asked);
  assert.equal(existsSync(folder), false);
});

test("a manifest that a preview does not know yet is a change, and touches no file", async (t) => {
  const asked = config(place(t), "1");
  const unknown = config(asked.path, "04da6b54-80e4-46f7-96ec-b56ff0331ba9");
  assert.equal(await changes(asked, unknown), true);
  assert.deepEqual((await manifestProvider.check(asked, unknown)).failures ?? [], []);
  assert.equal(existsSync(asked.path), false);
});
