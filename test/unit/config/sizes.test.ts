import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatSize, parseSize } from "../../../config/sizes.ts";

test("sizes mean what they mean to Kubernetes", () => {
  const cases = { "0": 0, "1024": 1024, "1k": 1000, "64Ki": 65_536, "10G": 1e10, "10Gi": 10_737_418_240, "2T": 2e12 };
  for (const [text, bytes] of Object.entries(cases)) assert.equal(parseSize(text), bytes, text);
});

test("what is no size is refused", () => {
  for (const text of [
    "",
    "Gi",
    "-1",
    "1.5Gi",
    "10GB",
    "10GiB",
    "10gi",
    " 1Gi",
    "1 Gi",
    "1e3",
    "9007199254740993",
    "9Pi",
  ]) {
    assert.equal(parseSize(text), undefined, text);
  }
});

test("formatting a size and parsing it gives the size", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (bytes) => {
      assert.equal(parseSize(formatSize(bytes)), bytes);
    }),
  );
});

test("a size is written in the largest unit that is exact", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1023 }), fc.constantFrom("Ki", "Mi", "Gi"), (count, unit) => {
      const text = `${count}${unit}`;
      assert.equal(formatSize(parseSize(text) ?? NaN).length <= text.length, true, text);
    }),
  );
  assert.equal(formatSize(20 * 2 ** 30), "20Gi");
  assert.equal(formatSize(1_500_000), "1500k");
});
