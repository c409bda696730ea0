import assert from "node:assert/strict";
import { test } from "node:test";

import { scopedUserClaims, validateUser } from "../../../../nats/claims/user.ts";
import { keys, sampleScopedUser, sampleUser } from "../samples.ts";
import { check, untyped, type Wrong } from "./wrong.ts";

const A = keys.account.publicKey;
const U = keys.user.publicKey;

type Fields = Parameters<typeof sampleUser>[0];

test("what is wrong with a user is said", () => {
  const missing = "a limit must be given: without one the server allows none at all; -1 is unlimited";
  const limit = "a limit is a whole number, or -1 for unlimited";
  const cases: Wrong<Fields>[] = [
    [
      untyped({ subs: undefined, data: -2, payload: 1.5 }),
      `nats.subs: found nothing, but ${missing}`,
      `nats.data: found -2, but ${limit}`,
      `nats.payload: found 1.5, but ${limit}`,
    ],
    [{ pub: { allow: ["a b"] } }, 'nats.pub.allow[0]: found "a b", but a subject cannot contain a space'],
    [
      { sub: { deny: ["a..b c"] } },
      'nats.sub.deny[0]: found "a..b c", but a subject\'s tokens cannot be empty: no dot at the start or the end, and no two together',
    ],
    [
      { pub: { allow: ["x.{{name()}}"] } },
      'nats.pub.allow[0]: found "x.{{name()}}", but {{…}} works only in the template of a scoped signing key, opened and closed',
    ],
    [
      { resp: { max: 0, ttl: 0 } },
      "nats.resp.max: found 0, but it must be 1 or more answers, or -1 for any number; leave resp out for none",
      "nats.resp.ttl: found 0, but it must be a whole number of nanoseconds, 1 or more, or -1 for ever",
    ],
    ...["10.0.0.1", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/08", "a/8", "10.0.0.0/8/8"].map(
      (network): Wrong<Fields> => [
        { src: [network] },
        `nats.src[0]: found "${network}", but it must be a network in CIDR form, such as 10.0.0.0/8`,
      ],
    ),
    [
      { times: [{ start: "8:00:00", end: "24:00:00" }] },
      'nats.times[0].start: found "8:00:00", but a time of the day is HH:MM:SS',
      'nats.times[0].end: found "24:00:00", but a time of the day is HH:MM:SS',
    ],
    ...["Mars/Base", "+01:00", ""].map((zone): Wrong<Fields> => [
      { times_location: zone },
      `nats.times_location: found "${zone}", but it must be a time zone of the IANA list, such as Europe/Berlin`,
    ]),
    [
      untyped({ allowed_connection_types: ["MQTT", "mqtt"] }),
      'nats.allowed_connection_types[1]: found "mqtt", but allowed are STANDARD, WEBSOCKET, LEAFNODE, LEAFNODE_WS, MQTT, MQTT_WS, IN_PROCESS',
    ],
    [
      { issuer_account: U },
      `nats.issuer_account: found "${U}", but the public key of an account must stand here, not of a user`,
    ],
    [
      { tags: ["a", " a", "a"] },
      'nats.tags[1]: found " a", but a tag is lower-case text without white space around it',
      'nats.tags[2]: found "a", but each tag can stand here only once',
    ],
  ];
  check(cases, (fields) => validateUser(sampleUser(fields)));
});

test("a scoped user's name and tags cannot bring wildcards into subjects", () => {
  for (const name of ["bob.*", "*", ">", "a b", "Jürgen", "a.b", "", "bob\n"]) {
    assert.deepEqual(
      validateUser({ ...sampleScopedUser(), name }).map((problem) => problem.path),
      ["name"],
      name,
    );
  }
  for (const tag of ["team:>", "team:*", "team:a.b", "a:b:c", "team:", "*", "größe"]) {
    const claims = scopedUserClaims({ sub: U, name: "bob", nats: { issuer_account: A, tags: ["team:a", tag] } });
    assert.deepEqual(
      validateUser(claims).map((problem) => problem.path),
      ["nats.tags[1]"],
      tag,
    );
  }
  const [problem] = validateUser({ sub: U, name: "x", nats: { type: "user", version: 2 } });
  assert.equal(problem?.path, "nats.issuer_account");
});

test("whatever a user is given of its own, it is not a scoped one any more, and must have limits", () => {
  const own: Fields[] = [
    { pub: { allow: ["a"] } },
    { sub: { deny: ["a"] } },
    { resp: { max: 1, ttl: 1 } },
    { src: ["10.0.0.0/8"] },
    { times: [{ start: "08:00:00", end: "09:00:00" }] },
    { times_location: "Europe/Berlin" },
    { bearer_token: true },
    { proxy_required: true },
    { allowed_connection_types: ["MQTT"] },
  ];
  const scoped = sampleScopedUser();
  for (const fields of own) {
    const problems = validateUser({ ...scoped, nats: { ...scoped.nats, ...fields } });
    const paths = problems.map((problem) => problem.path);
    assert.deepEqual(paths, ["nats.subs", "nats.data", "nats.payload"], JSON.stringify(fields));
  }
});
