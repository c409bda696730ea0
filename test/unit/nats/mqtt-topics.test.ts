import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { filterProblem, filtersOverlap, subjectOf, subjectsOf, uncovered } from "../../../nats/mqtt-topics.ts";
import { overlaps, subjectProblem } from "../../../nats/subjects.ts";

const level = fc.stringMatching(/^[ab.$]{0,3}$/);
const topic = fc
  .array(level, { minLength: 1, maxLength: 4 })
  .map((levels) => levels.join("/"))
  .filter((text) => text !== "");
const filterLevel = fc.constantFrom("a", "b", "", "+");
const filter = fc
  .tuple(fc.array(filterLevel, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([levels, isOpen]) => (isOpen ? [...levels.slice(1), "#"] : levels).join("/"))
  .filter((text) => text !== "");

/** Every topic of up to four levels over the filters' words and one more. */
const TOPICS = [1, 2, 3, 4].flatMap((length) =>
  Array.from({ length: 4 ** length }, (_, number) =>
    Array.from({ length }, (_, place) => ["a", "b", "", "c"][Math.floor(number / 4 ** place) % 4]).join("/"),
  ),
);

/** MQTT 3.1.1, 4.7.1, level by level. */
function matches(filter: string, topic: string): boolean {
  const [head, ...rest] = filter.split("/");
  const [first, ...others] = topic.split("/");
  if (head === "#") return true;
  if (head !== "+" && head !== first) return false;
  if (rest.length === 0) return others.length === 0;
  if (others.length === 0) return rest.length === 1 && rest[0] === "#";
  return matches(rest.join("/"), others.join("/"));
}

/** The topic under which MQTT clients see what is published to a subject. */
function topicOf(subject: string): string {
  return subject
    .split(".")
    .map((token) => (token === "/" ? "" : token.replaceAll("//", ".")))
    .join("/");
}

for (const [topic, subject] of [
  ["sensors/temp", "sensors.temp"],
  ["/a", "/.a"],
  ["a/", "a./"],
  ["a//b", "a./.b"],
  ["/", "/./"],
  ["//", "/././"],
  ["a.b/c", "a//b.c"],
  ["+/a/#", "*.a.>"],
  ["#", ">"],
] as const) {
  test(`the topic ${topic} is the subject ${subject}`, () => {
    assert.equal(subjectOf(topic), subject);
  });
}

test("a topic comes back from NATS as it was, and is a legal subject there", () => {
  fc.assert(
    fc.property(topic, (topic) => {
      assert.equal(topicOf(subjectOf(topic)), topic);
      assert.equal(subjectProblem(subjectOf(topic), { wildcards: false }), undefined);
    }),
  );
});

test("two topics are never one subject", () => {
  fc.assert(
    fc.property(topic, topic, (one, other) => {
      assert.equal(subjectOf(one) === subjectOf(other), one === other);
    }),
  );
});

test("two filters overlap exactly when some topic is matched by both, and so do their subjects", () => {
  fc.assert(
    fc.property(filter, filter, (one, other) => {
      const expected = TOPICS.some((topic) => matches(one, topic) && matches(other, topic));
      assert.equal(filtersOverlap(one, other), expected);
      const there = subjectsOf(one).some((left) => subjectsOf(other).some((right) => overlaps(left, right)));
      assert.equal(there, expected);
    }),
    { numRuns: 2000 },
  );
});

test("a filter matches the topics that MQTT says, and with a wildcard at its front none that begin with $", () => {
  fc.assert(
    fc.property(filter, fc.constantFrom(...TOPICS.filter((text) => text !== "")), (filter, topic) => {
      assert.equal(filtersOverlap(filter, topic), matches(filter, topic));
    }),
  );
  assert.equal(filtersOverlap("#", "$SYS/x"), false);
  assert.equal(filtersOverlap("+/x", "$SYS/x"), false);
  assert.equal(filtersOverlap("$SYS/#", "$SYS/x"), true);
});

for (const [filter, problem] of [
  ["", /empty/],
  ["a b", /white space/],
  ["a\tb", /white space/],
  ["a\u007f", /control/],
  ["a/#/b", /# must be the last/],
  ["a#", /# must be the last/],
  ["a+/b", /\+ must be alone/],
  ["a/*", /wildcards to NATS/],
  [">", /wildcards to NATS/],
  ["x".repeat(65_536), /65535 bytes/],
  ["a/".repeat(200), /200 levels/],
] as const) {
  test(`the filter ${JSON.stringify(filter.slice(0, 10))} is refused`, () => {
    assert.match(filterProblem(filter) ?? "", problem);
  });
}

test("what ends in /# needs the level above as well", () => {
  assert.deepEqual(uncovered("x/#", ["x.>"]), ["x"]);
  assert.deepEqual(uncovered("x/#", ["x"]), ["x.>"]);
  assert.deepEqual(uncovered("x/#", ["x", "x.>"]), []);
  assert.deepEqual(uncovered("x/+/y", ["x.>"]), []);
  assert.deepEqual(uncovered("#", [">"]), []);
});
