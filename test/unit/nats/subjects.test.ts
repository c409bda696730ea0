import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { contains, hasWildcard, overlaps, subjectProblem, type SubjectForm } from "../../../nats/subjects.ts";

const token = fc.constantFrom("a", "b", "*");
const pattern = fc
  .tuple(fc.array(token, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([tokens, isOpen]) => (isOpen ? [...tokens.slice(1), ">"] : tokens).join("."));

/** Every subject of up to four tokens; "c" stands for all tokens that no pattern names. */
const SUBJECTS = [1, 2, 3, 4].flatMap((length) =>
  Array.from({ length: 3 ** length }, (_, number) =>
    Array.from({ length }, (_, place) => "abc"[Math.floor(number / 3 ** place) % 3]).join("."),
  ),
);

function matched(pattern: string): Set<string> {
  const expression = pattern.replaceAll(".", "\\.").replaceAll("*", "[^.]+").replace(">", ".+");
  return new Set(SUBJECTS.filter((subject) => new RegExp(`^${expression}$`).test(subject)));
}

test("a pattern contains another exactly when it matches all of its subjects", () => {
  fc.assert(
    fc.property(pattern, pattern, (outer, inner) => {
      assert.equal(contains(outer, inner), matched(inner).isSubsetOf(matched(outer)));
    }),
    { numRuns: 1000 },
  );
});

test("two patterns overlap exactly when some subject is matched by both", () => {
  fc.assert(
    fc.property(pattern, pattern, (one, other) => {
      assert.equal(overlaps(one, other), !matched(one).isDisjointFrom(matched(other)));
    }),
    { numRuns: 1000 },
  );
});

test("wildcards are tokens, not characters", () => {
  assert.deepEqual(["a.*", ">", "a.>", "*"].map(hasWildcard), [true, true, true, true]);
  assert.deepEqual(["a.b", "a*.b>"].map(hasWildcard), [false, false]);
});

test("legal subjects have no problem", () => {
  const cases: [string, SubjectForm][] = [
    ["orders.new", { wildcards: false }],
    ["$JS.API.>", { wildcards: true }],
    ["größe.☺", { wildcards: false }],
    ["*", { wildcards: true }],
    ["orders.> workers", { wildcards: true, queue: true }],
    ["orders.> *.workers", { wildcards: true, queue: true }],
    ["a.{{name()}}.{{tag(team)}}-x.{{account-tag(k)}}.>", { wildcards: true, templates: true }],
  ];
  for (const [subject, form] of cases) assert.equal(subjectProblem(subject, form), undefined, subject);
});

test("what is wrong with a subject is said", () => {
  const dots = "a subject's tokens cannot be empty: no dot at the start or the end, and no two together";
  const cases: [string, SubjectForm, string][] = [
    ["", { wildcards: true }, "a subject cannot be empty"],
    [".a", { wildcards: true }, dots],
    ["a.", { wildcards: true }, dots],
    ["a..b", { wildcards: true }, dots],
    ["a b", { wildcards: true }, "a subject cannot contain a space"],
    ["a b c", { wildcards: true, queue: true }, "one space is allowed, between the subject and the queue group"],
    ["a ", { wildcards: true, queue: true }, dots],
    ["a\tb", { wildcards: true }, "white space and control characters are not allowed in a subject"],
    ["a\u0000b", { wildcards: true }, "white space and control characters are not allowed in a subject"],
    ["a\ud800", { wildcards: true }, "a subject must be valid Unicode"],
    ["a.*", { wildcards: false }, "wildcards (* and >) are not allowed here"],
    ["a.b*", { wildcards: true }, "a wildcard (* or >) must be a token of its own"],
    [">.a", { wildcards: true }, "> must be the last token"],
    ["{{name()}}", { wildcards: true }, "{{…}} works only in the template of a scoped signing key, opened and closed"],
    [
      "a.{{name()",
      { wildcards: true, templates: true },
      "{{…}} works only in the template of a scoped signing key, opened and closed",
    ],
    [
      "a.{{user()}}",
      { wildcards: true, templates: true },
      'the template "{{user()}}" is unknown; allowed are name(), subject(), account-name(), account-subject(), tag(key) and account-tag(key)',
    ],
  ];
  for (const [subject, form, problem] of cases)
    assert.equal(subjectProblem(subject, form), problem, JSON.stringify(subject));
});
