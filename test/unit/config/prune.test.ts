import assert from "node:assert/strict";
import { test } from "node:test";
import { prune } from "../../../config/prune.ts";

const input = { a: { b: 1, list: [{ x: 1 }, { x: 2 }] }, c: 2 };

test("what stands at a path goes, and nothing else", () => {
  assert.deepEqual(prune(input, [["a", "b"]]), { a: { list: [{ x: 1 }, { x: 2 }] }, c: 2 });
});

test("a list goes as a whole", () => {
  assert.deepEqual(prune(input, [["a", "list", 1, "x"]]), { a: { b: 1 }, c: 2 });
});

test("where something needed is missing, what holds it goes", () => {
  assert.deepEqual(prune(input, [["a", "missing"]]), { c: 2 });
  assert.equal(prune(input, [["missing"]]), undefined);
});

test("two things that are missing in one place remove that place only", () => {
  const paths = [
    ["a", "list", 0, "y"],
    ["a", "list", 0, "z"],
  ];
  assert.deepEqual(prune(input, paths), { a: { b: 1 }, c: 2 });
});

test("the input stays as it was", () => {
  const before = structuredClone(input);
  prune(input, [["a", "b"]]);
  assert.deepEqual(input, before);
});
