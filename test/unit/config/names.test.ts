import assert from "node:assert/strict";
import { test } from "node:test";
import { dnsLabel, imageReference, type NameRule } from "../../../config/names.ts";
import { nearest } from "../../../config/nearest.ts";

function fits(rule: NameRule, texts: readonly string[]): boolean[] {
  return texts.map((text) => rule.pattern.test(text));
}

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
