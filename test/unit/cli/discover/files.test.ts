import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readArguments } from "../../../../cli/discover/arguments.ts";
import { eventName, newEvent } from "../../../../cli/discover/events.ts";
import { readKeys, readSettings } from "../../../../cli/discover/settings.ts";
import { askingObject } from "../../../../cli/discover/sources.ts";
import { keys, requestWith, settingsWith } from "./samples.ts";

const folder = mkdtempSync(join(tmpdir(), "discover-files-"));
after(() => {
  rmSync(folder, { recursive: true });
});

function fileWith(content: unknown): string {
  const file = join(folder, "file.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

test("settings and keys are read as they were written", () => {
  const settings = settingsWith({ namespace: "orders", taken: [{ namespace: "a", secret: "b", by: "c" }] });
  assert.deepEqual(readSettings(fileWith(settings)), settings);
  assert.deepEqual(readKeys(fileWith(keys)), keys);
});

test("a file that is none is refused with its name and its fields, and without anything of it", () => {
  const seed = keys.accounts.SERVICES?.signing ?? "";
  assert.throws(() => readSettings(join(folder, "none.json")), /none\.json: ENOENT/);
  assert.throws(() => readSettings(fileWith("{")), /file\.json: it is not JSON/);
  assert.throws(
    () => readSettings(fileWith({ ...settingsWith(), operator: seed })),
    /operator: a public key is needed here/,
  );
  for (const content of [{ accounts: { A: { root: 1, signing: seed } } }, { accounts: seed }, `{"a":"${seed}"`]) {
    const file = fileWith(content);
    assert.throws(
      () => readKeys(file),
      (error: Error) => error.name === "Trouble" && !error.message.includes(seed.slice(0, 10)),
    );
  }
});

test("arguments: two files are needed; a context is for a person; a port is a number", () => {
  const files = ["--settings", "s", "--keys", "k"];
  assert.deepEqual(readArguments(files), { settings: "s", keys: "k" });
  assert.deepEqual(readArguments([...files, "--port", "0", "--context", "c", "--kubeconfig", "f"]), {
    settings: "s",
    keys: "k",
    port: 0,
    context: "c",
    kubeconfig: "f",
  });
  const wrong: [string[], RegExp][] = [
    [["--keys", "k"], /found no --settings/],
    [["--settings", "s"], /found no --keys/],
    [[...files, "--kubeconfig", "f"], /--kubeconfig, but it goes with --context/],
    [[...files, "--port", "99999"], /--port: found "99999"/],
    [[...files, "more"], /usage: npm run cli/],
  ];
  for (const [args, message] of wrong) assert.throws(() => readArguments(args), message);
});

test("an Event has the same name for the same object, reason and message, and one that the API takes", () => {
  const { object } = requestWith({}, { name: `${"a".repeat(199)}.${"b".repeat(53)}` });
  const name = eventName(object, "Created", "one");
  assert.equal(name, eventName({ ...object }, "Created", "one"));
  assert.match(name, /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);
  assert.doesNotMatch(name, /\.\./);
  assert.ok(name.length <= 253);
  const others = [
    eventName(object, "Updated", "one"),
    eventName(object, "Created", "two"),
    eventName({ ...object, uid: "other" }, "Created", "one"),
  ];
  assert.equal(new Set([name, ...others]).size, 4);
});

test("an Event about a refusal is a warning, and a long message is cut", () => {
  const { object } = requestWith();
  const now = new Date(0);
  assert.equal(newEvent(object, "DefaultInstallation", "", now).type, "Normal");
  const { type, message, involvedObject } = newEvent(object, "ErrorCreatingUserAuth", "m".repeat(2000), now);
  assert.deepEqual([type, message.length, involvedObject.uid], ["Warning", 1024, object.uid]);
});

test("times of a list and of a watch are the same text, so that age decides and not where it was read", () => {
  const metadata = { name: "a", namespace: "b", uid: "c", creationTimestamp: new Date("2026-01-02T03:04:05Z") };
  const listed = askingObject({ metadata }, "Pod", "v1");
  const watched = askingObject(
    { metadata: { ...metadata, creationTimestamp: "2026-01-02T03:04:05Z" as unknown as Date } },
    "Pod",
    "v1",
  );
  assert.deepEqual(listed, watched);
  assert.equal(askingObject({ metadata: { name: "a", namespace: "b" } }, "Pod", "v1"), undefined);
});
