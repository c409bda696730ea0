import assert from "node:assert/strict";
import { test } from "node:test";

import { validateAccount } from "../../../../nats/claims/account.ts";
import { scopedSigningKey } from "../../../../nats/claims/signing-keys.ts";
import { type Problem } from "../../../../nats/problem.ts";
import { keys, sampleAccount } from "../samples.ts";
import { check, untyped, type Wrong } from "./wrong.ts";

const A = keys.account.publicKey;
const B = keys.otherAccount.publicKey;
const R = keys.role.publicKey;
const U = keys.user.publicKey;

type Fields = Parameters<typeof sampleAccount>[0];

const ONCE = "each signing key can stand here only once";
const SECONDS = "a time is a whole number of seconds since 1970";

test("what is wrong with an account is said", () => {
  const exported = { subject: "a.*", type: "service" } as const;
  const imported = { subject: "a.*.>", type: "stream", account: B } as const;
  const only = "only a service can have it";
  const cases: Wrong<Fields>[] = [
    [
      untyped({ limits: { conn: undefined, leaf: -2 } }),
      "nats.limits.conn: found nothing, but a limit must be given: without one the server allows none at all; -1 is unlimited",
      "nats.limits.leaf: found -2, but a limit is a whole number, or -1 for unlimited",
    ],
    [
      { limits: { disk_storage: 2 ** 53 } },
      "nats.limits.disk_storage: found 9007199254740992, but a limit is a whole number, or -1 for unlimited",
    ],
    [
      { limits: { disk_storage: 1, tiered_limits: { R3: { streams: -5 }, big: {} } } },
      'nats.limits.tiered_limits["R3"].streams: found -5, but a limit is a whole number, or -1 for unlimited',
      'nats.limits.tiered_limits: found "big", but a tier is named after its replicas: R1, R3',
      'nats.limits.tiered_limits: found ["R3","big"], but JetStream limits stand either in tiers or beside them, not both',
    ],
    [{ limits: { imports: 1 } }, 'nats.imports: found "2 imports", but the account\'s limits allow 1'],
    [
      { limits: { exports: 0, wildcards: false }, exports: [exported] },
      'nats.exports: found "1 exports", but the account\'s limits allow 0',
      'nats.exports[0].subject: found "a.*", but the account\'s limits allow no wildcards in exports',
    ],
    [
      { exports: [exported, { ...exported, subject: "a.b" }] },
      'nats.exports[1].subject: found "a.b", but nats.exports[0] already exports it, as "a.*"',
    ],
    [
      { exports: [{ ...exported, subject: "a.b" }, exported] },
      'nats.exports[0].subject: found "a.b", but nats.exports[1] already exports it, as "a.*"',
    ],
    [
      { exports: [exported, exported] },
      'nats.exports[1].subject: found "a.*", but nats.exports[0] already exports it, as "a.*"',
    ],
    [{ exports: [exported, { ...exported, type: "stream" }] }],
    [
      untyped({ exports: [{ subject: "a", type: "queue" }] }),
      'nats.exports[0].type: found "queue", but allowed are stream and service',
    ],
    [
      untyped({ exports: [{ ...exported, response_type: "Many", response_threshold: -1 }] }),
      'nats.exports[0].response_type: found "Many", but allowed are Singleton, Stream and Chunked',
      "nats.exports[0].response_threshold: found -1, but it must be a whole number of nanoseconds",
    ],
    [
      { exports: [{ ...exported, type: "stream", response_type: "Stream", allow_trace: true }] },
      `nats.exports[0].response_type: found "Stream", but ${only}`,
      `nats.exports[0].allow_trace: found true, but ${only}`,
    ],
    [
      { exports: [{ ...exported, service_latency: { sampling: 101, results: "x.*" } }] },
      'nats.exports[0].service_latency.sampling: found 101, but it must be a percentage from 1 to 100, or "headers"',
      'nats.exports[0].service_latency.results: found "x.*", but wildcards (* and >) are not allowed here',
    ],
    [
      { exports: [{ ...exported, account_token_position: 1 }] },
      'nats.exports[0].account_token_position: found 1, but it must be the place, counted from 1, of a * in "a.*"',
    ],
    [
      { exports: [{ ...exported, info_url: "x" }] },
      'nats.exports[0].info_url: found "x", but it must be a URL with a scheme and a host',
    ],
    [
      { exports: [{ ...exported, revocations: { "*": 0 } }] },
      `nats.exports[0].revocations["*"]: found 0, but ${SECONDS}`,
    ],
    [
      { imports: [{ ...imported, account: A }] },
      `nats.imports[0].account: found "${A}", but an account cannot import from itself`,
    ],
    [
      { imports: [{ ...imported, local_subject: "x.$1" }] },
      'nats.imports[0].local_subject: found "x.$1", but both it and "a.*.>" must end in >, or neither',
    ],
    [
      { imports: [{ ...imported, local_subject: "x.$2.>" }] },
      'nats.imports[0].local_subject: found "x.$2.>", but "$2" must name one of the 1 * in "a.*.>"',
    ],
    [
      { imports: [{ ...imported, local_subject: "x.>" }] },
      'nats.imports[0].local_subject: found "x.>", but each of the 1 * in "a.*.>" must be used once, as * or as $1, $2, …',
    ],
    [
      {
        imports: [
          { ...imported, share: true },
          { ...imported, type: "service", allow_trace: true },
        ],
      },
      "nats.imports[0].share: found true, but only the import of a service can have it",
      "nats.imports[1].allow_trace: found true, but only the import of a stream can have it",
    ],
    [
      {
        imports: [
          { ...imported, type: "service" },
          { ...imported, type: "service", subject: "a.b.c" },
        ],
      },
      'nats.imports[1]: found "a.b.c", but nats.imports[0] already takes it, as "a.*.>"',
    ],
    [
      {
        imports: [
          { ...imported, type: "service" },
          { ...imported, type: "service", account: R },
        ],
      },
    ],
    [
      { signing_keys: [A, R, R, U] },
      `nats.signing_keys[0]: found "${A}", but the account's identity cannot be one of its own signing keys`,
      `nats.signing_keys[2]: found "${R}", but ${ONCE}`,
      `nats.signing_keys[3]: found "${U}", but the public key of an account must stand here, not of a user`,
    ],
    [
      untyped({
        signing_keys: [
          {
            kind: "scope",
            key: R,
            role: "r",
            template: { subs: -1, data: -1, payload: -1, pub: { allow: ["{{x}}"] } },
          },
        ],
      }),
      'nats.signing_keys[0].kind: found "scope", but the only kind of scope is user_scope',
      'nats.signing_keys[0].template.pub.allow[0]: found "{{x}}", but the template "{{x}}" is unknown; allowed are name(), subject(), account-name(), account-subject(), tag(key) and account-tag(key)',
    ],
    [
      {
        limits: { disallow_bearer: true },
        signing_keys: [scopedSigningKey({ key: R, role: "r", template: { bearer_token: true } })],
      },
      "nats.signing_keys[0].template.bearer_token: found true, but the account's limits have disallow_bearer",
    ],
    [
      { revocations: { [A]: 1.5 } },
      `nats.revocations["${A}"]: found "${A}", but the public key of a user must stand here, not of an account`,
      `nats.revocations["${A}"]: found 1.5, but ${SECONDS}`,
    ],
    [
      { default_permissions: { sub: { allow: [""] } } },
      'nats.default_permissions.sub.allow[0]: found "", but a subject cannot be empty',
    ],
    [
      {
        mappings: {
          "a.": [{ subject: "b" }, { subject: "c", weight: 101, cluster: "x" }, { subject: "d", weight: 1 }],
        },
      },
      'nats.mappings["a."]: found "a.", but a subject\'s tokens cannot be empty: no dot at the start or the end, and no two together',
      'nats.mappings["a."][1].weight: found 101, but a weight is a percentage from 1 to 100',
      'nats.mappings["a."]: found "101 percent", but the weights can add up to at most 100',
      'nats.mappings["a."]: found "101 percent", but the weights for cluster "x" can add up to at most 100',
    ],
    [
      { authorization: { auth_users: [A], allowed_accounts: ["*", U], xkey: A } },
      `nats.authorization.auth_users[0]: found "${A}", but the public key of a user must stand here, not of an account`,
      `nats.authorization.allowed_accounts[1]: found "${U}", but the public key of an account must stand here, not of a user`,
      `nats.authorization.allowed_accounts: found "2 entries with *", but it must be a list of accounts, or "*" alone`,
      `nats.authorization.xkey: found "${A}", but the public key of a curve must stand here, not of an account`,
    ],
    [
      { authorization: { allowed_accounts: ["*"] } },
      'nats.authorization.auth_users: found "none", but allowed_accounts needs at least one user that runs the service',
    ],
    [
      { trace: { dest: "t.>", sampling: 0 } },
      'nats.trace.dest: found "t.>", but wildcards (* and >) are not allowed here',
      "nats.trace.sampling: found 0, but it must be a percentage from 1 to 100",
    ],
    [untyped({ cluster_traffic: "me" }), 'nats.cluster_traffic: found "me", but allowed are system and owner'],
    [{ description: "x".repeat(8193) }, 'nats.description: found "8193 characters", but text can have at most 8192'],
  ];
  check(cases, (fields) => validateAccount(sampleAccount(fields)));
});

test("an account's name and tags must be safe once a template puts them into subjects", () => {
  const withTemplate = (subject: string): Problem[] =>
    validateAccount({
      ...sampleAccount({
        tags: ["team:a.b"],
        signing_keys: [scopedSigningKey({ key: R, role: "r", template: { pub: { allow: [subject] } } })],
      }),
      name: "My account",
    });
  assert.deepEqual(withTemplate("a.{{name()}}"), []);
  assert.deepEqual(
    withTemplate("a.{{account-name()}}").map((problem) => problem.path),
    ["name"],
  );
  assert.deepEqual(
    withTemplate("a.{{Account-Tag(team)}}").map((problem) => problem.path),
    ["nats.tags[0]"],
  );
});
