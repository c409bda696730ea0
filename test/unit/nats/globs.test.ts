import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { matchesGlob } from "../../../nats/globs.ts";

test("a star stands for any text, everything else for itself", () => {
  const cases: [string, string, boolean][] = [
    ["auth-*", "auth-eu-east", true],
    ["auth-*", "auth-", true],
    ["auth-*", "my-auth-x", false],
    ["*", "anything", true],
    ["*-000", "recursor-eu-east-000", true],
    ["a.c", "abc", false],
    ["orders", "orders2", false],
  ];
  for (const [glob, name, matches] of cases) assert.equal(matchesGlob(glob, name), matches, `${glob} ${name}`);
});

test("a name matches itself, and its beginning followed by a star", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/), fc.nat(), (name, at) => {
      assert.ok(matchesGlob(name, name));
      assert.ok(matchesGlob(`${name.slice(0, at % name.length)}*`, name));
      assert.ok(!matchesGlob(name, `${name}x`));
    }),
  );
});
