import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isMap, merge } from "../../../config/merge.ts";

const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.integer()));
const key = fc.constantFrom("a", "b", "c", "constructor", "__proto__");
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof({ depthSize: "small" }, leaf, fc.array(fc.tuple(key, tie("tree"))).map(Object.fromEntries)),
}));
const map = fc.array(fc.tuple(key, tree)).map((entries) => Object.fromEntries(entries) as unknown);

test("maps merge at every depth, lists and scalars replace", () => {
  const base = { nats: { replicas: 3, tolerations: [1, 2], jetstream: { domain: "a", size: 1 } } };
  const over = { nats: { tolerations: [3], jetstream: { size: 2 } } };
  assert.deepEqual(merge(base, over), {
    nats: { replicas: 3, tolerations: [3], jetstream: { domain: "a", size: 2 } },
  });
});

test("a key is there if one of both has it, and the upper one wins unless both are maps", () => {
  fc.assert(
    fc.property(map, map, (base, over) => {
      const merged = new Map(Object.entries(merge(base, over) as object));
      const [below, above] = [new Map(Object.entries(base as object)), new Map(Object.entries(over as object))];
      assert.deepEqual(new Set(merged.keys()), new Set([...below.keys(), ...above.keys()]));
      for (const [name, value] of merged) {
        if (!above.has(name)) assert.deepEqual(value, below.get(name));
        else if (isMap(above.get(name)) && isMap(below.get(name))) assert.ok(isMap(value));
        else assert.deepEqual(value, above.get(name));
      }
    }),
  );
});

test("merging is idempotent, associative, and has the empty map as its neutral element", () => {
  fc.assert(
    fc.property(map, map, (a, b) => {
      assert.deepEqual(merge(merge(a, b), b), merge(a, b));
      assert.deepEqual(merge(a, a), a);
      assert.deepEqual(merge({}, a), a);
      assert.deepEqual(merge(a, {}), a);
    }),
  );
});

test("merging is associative over maps of maps", () => {
  const layer = fc.dictionary(key, fc.dictionary(key, fc.integer()));
  fc.assert(
    fc.property(layer, layer, layer, (a, b, c) => {
      assert.deepEqual(merge(merge(a, b), c), merge(a, merge(b, c)));
    }),
  );
});

test("merging changes neither of both", () => {
  fc.assert(
    fc.property(map, map, (a, b) => {
      const before = structuredClone([a, b]);
      merge(a, b);
      assert.deepEqual([a, b], before);
    }),
  );
});
