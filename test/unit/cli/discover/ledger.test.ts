import assert from "node:assert/strict";
import { test } from "node:test";
import { ledgerNames, withdrawnNames } from "../../../../components/discovery/names.ts";
import { decodeEntry, encodeEntry, type LedgerEntry } from "../../../../cli/discover/ledger-entry.ts";
import { partOf, readLedger } from "../../../../cli/discover/ledger.ts";
import { readWithdrawn, type WithdrawnUser } from "../../../../cli/discover/withdrawn.ts";
import type { PublicNkey } from "../../../../nats/nkeys.ts";
import { memoryRecord, memoryRecords } from "./records.ts";

const key = (letter: "A" | "U", number: number) =>
  `${letter}${number.toString(2).replaceAll("0", "A").replaceAll("1", "B").padStart(55, "C")}` as PublicNkey;

const held = { account: "SERVICES", role: "worker", accountKey: key("A", 1), user: key("U", 1), rotation: 0 };

test("an entry comes back as it was written, and no other text is taken for one", () => {
  const entries: LedgerEntry[] = [
    { generation: 0 },
    { generation: 3, held },
    { generation: 1, held: { ...held, own: "ab" } },
  ];
  for (const entry of entries) assert.deepEqual(decodeEntry(encodeEntry(entry), "here"), entry);
  for (const text of ["", "{}", "[]", '{"generation":-1}', '{"generation":0,"held":{}}', '{"generation":0,"more":1}'])
    assert.throws(
      () => decodeEntry(text, "ConfigMap x, entry y"),
      /^Trouble: ConfigMap x, entry y: found something else/,
    );
});

test("an entry that can't be read is said before anything is handed out", () => {
  const records = memoryRecords();
  void records[3]?.write("orders.mine", "garbage");
  assert.throws(() => readLedger(records), /ConfigMap part-3, entry orders\.mine: .*restore it/);
});

test("five thousand places with the longest names fit, each part below what an object may hold", async () => {
  const records = memoryRecords();
  const ledger = readLedger(records);
  const long = { ...held, account: "S".repeat(63), role: "r".repeat(63), own: "0".repeat(16), rotation: 65_535 };
  for (let place = 0; place < 5000; place++) {
    const [namespace, secret] = ["n", "s"].map((letter) => `${letter.repeat(58)}${String(place).padStart(5, "0")}`);
    await ledger.put(`${String(namespace)}.${String(secret)}`, { generation: 65_535, held: long });
  }
  assert.equal(ledger.held().length, 5000);
  for (const { bytes } of records) assert.ok(bytes < 900_000, `${bytes} bytes`);
});

test("a place keeps its part, and its generation when nothing is held any more", async () => {
  assert.deepEqual(
    ["orders.mine", "a.b", "team-a.c"].map((it) => partOf(it, 8)),
    [4, 4, 0],
  );
  const records = memoryRecords();
  await readLedger(records).put("orders.mine", { generation: 4 });
  const again = readLedger(records);
  assert.deepEqual(again.get("orders.mine"), { generation: 4 });
  assert.deepEqual(again.get("orders.other"), { generation: 0 });
  assert.deepEqual(again.held(), []);
});

const withdrawnUser = (number: number, parts: Partial<WithdrawnUser> = {}): WithdrawnUser => ({
  user: key("U", number),
  account: key("A", 1),
  name: `east_orders_${number}`,
  place: "orders.mine",
  generation: number,
  at: "2026-01-01T00:00:00.000Z",
  reason: "nothing asks for it any more",
  ...parts,
});

test("a listed user is known after a restart, and its generation is never used again", async () => {
  const records = memoryRecords();
  await readWithdrawn(records).add(withdrawnUser(6));
  const again = readWithdrawn(records);
  assert.ok(again.has(key("U", 6)));
  assert.ok(!again.has(key("U", 7)));
  assert.equal(again.nextGeneration("orders.mine"), 7);
  assert.equal(again.nextGeneration("orders.other"), 0);
});

test("the list goes on in the next part when one is full, and says what to do when all are", async () => {
  const records = [memoryRecord("one"), memoryRecord("two")];
  const list = readWithdrawn(records, 1000);
  let added = 0;
  const fill = async () => {
    for (;;) {
      await list.add(withdrawnUser(added));
      added += 1;
    }
  };
  await assert.rejects(
    fill(),
    /the list of withdrawn users \(ConfigMaps one, two\) is full: revoke those that it names/,
  );
  assert.ok(added >= 4);
  assert.equal((records[0]?.content.size ?? 0) + (records[1]?.content.size ?? 0), added);
  // One that is listed can be listed again: the controller may have been killed after that.
  await list.add(withdrawnUser(0));
});

test("five thousand users can be withdrawn at once", async () => {
  const records = memoryRecords();
  const list = readWithdrawn(records);
  const name = `east_${"n".repeat(63)}_${"s".repeat(63)}`;
  for (let user = 0; user < 5000; user++)
    await list.add(
      withdrawnUser(user, { name, place: `${"n".repeat(63)}.${"s".repeat(63)}`, reason: "r".repeat(500) }),
    );
  for (const { bytes } of records) assert.ok(bytes <= 900_000);
});

test("the records' names never change: what they hold would be lost", () => {
  assert.deepEqual(
    [ledgerNames.length, ledgerNames[0], ledgerNames[7]],
    [8, "nats-discovery-ledger-0", "nats-discovery-ledger-7"],
  );
  assert.deepEqual([withdrawnNames[0], withdrawnNames[1]], ["nats-discovery-withdrawn", "nats-discovery-withdrawn-1"]);
});
