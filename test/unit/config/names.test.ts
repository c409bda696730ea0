import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { dnsLabel, imageReference, matchesGlob, type NameRule, nearest } from "../../../config/names.ts";

function fits(rule: NameRule, texts: readonly string[]): boolean[] {
  return texts.map((text) => rule.pattern.test(text));
}

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

test("an image has a fixed tag or a digest", () => {
  const digest = `sha256:${"0".repeat(64)}`;
  const right = ["nats:2.15.2-alpine", `nats@${digest}`, `nats:2.15@${digest}`, "registry.example:5000/a/nats:v1"];
  const wrong = [
    "nats",
    "nats:latest",
    `nats:latest@${digest}`,
    "registry.example:5000/nats",
    "Nats:1",
    "nats:",
    "nats@sha256:0",
  ];
  assert.deepEqual(
    fits(imageReference, right),
    right.map(() => true),
  );
  assert.deepEqual(
    fits(imageReference, wrong),
    wrong.map(() => false),
  );
});

test("a label has 63 characters at most", () => {
  assert.deepEqual(fits(dnsLabel, ["a".repeat(63), "a".repeat(64), "", "-a", "a-", "a.b"]), [
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
});

test("a typo finds the word that was meant, and nonsense finds none", () => {
  const words = ["replicas", "resolver", "resources", "image"];
  assert.equal(nearest("replica", words), "replicas");
  assert.equal(nearest("Image", words), "image");
  assert.equal(nearest("resorces", words), "resources");
  assert.equal(nearest("mqttBridge", words), undefined);
});
