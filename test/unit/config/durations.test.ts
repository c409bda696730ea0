import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatDuration, parseDuration } from "../../../config/durations.ts";

test("durations add up", () => {
  const cases = { "0s": 0, "10s": 10, "2m": 120, "1h30m": 5400, "1d1s": 86_401, "90m": 5400 };
  for (const [text, seconds] of Object.entries(cases)) assert.equal(parseDuration(text), seconds, text);
});

test("what is no duration is refused", () => {
  for (const text of ["", "10", "s", "1.5h", "30m1h", "1h 30m", "-1s", "10ms", "1w", "99999999999999999d"]) {
    assert.equal(parseDuration(text), undefined, text);
  }
});

test("formatting a duration and parsing it gives the duration", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (seconds) => {
      assert.equal(parseDuration(formatDuration(seconds)), seconds);
    }),
  );
});
