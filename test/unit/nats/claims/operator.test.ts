import assert from "node:assert/strict";
import { test } from "node:test";

import { validateOperator } from "../../../../nats/claims/operator.ts";
import { formatProblem } from "../../../../nats/problem.ts";
import { keys, sampleOperator } from "../samples.ts";
import { check, type Wrong } from "./wrong.ts";

const A = keys.account.publicKey;
const O = keys.operator.publicKey;

type Fields = Parameters<typeof sampleOperator>[0];

test("what is wrong with an operator is said", () => {
  const cases: Wrong<Fields>[] = [
    [
      { signing_keys: [] },
      'nats.signing_keys: found "none", but strict_signing_key_usage needs at least one, or nobody could sign an account',
    ],
    [
      { signing_keys: [O] },
      `nats.signing_keys[0]: found "${O}", but the operator's identity cannot be one of its own signing keys`,
    ],
    [
      { signing_keys: [keys.operatorSigning.publicKey, keys.operatorSigning.publicKey] },
      `nats.signing_keys[1]: found "${keys.operatorSigning.publicKey}", but each signing key can stand here only once`,
    ],
    [
      { signing_keys: [A] },
      `nats.signing_keys[0]: found "${A}", but the public key of an operator must stand here, not of an account`,
    ],
    [
      { system_account: O },
      `nats.system_account: found "${O}", but the public key of an account must stand here, not of an operator`,
    ],
    [
      { assert_server_version: "2.15" },
      'nats.assert_server_version: found "2.15", but a version is three numbers, such as 2.15.0',
    ],
    [
      { account_server_url: "nowhere" },
      'nats.account_server_url: found "nowhere", but it must be a URL with a scheme and a host',
    ],
    [
      { operator_service_urls: ["nats://a:4222", "http://a", "nats://u:p@a", "wss://a", "tls://a/path"] },
      'nats.operator_service_urls[1]: found "http://a", but the scheme must be one of nats, tls, ws, wss',
      'nats.operator_service_urls[2]: found "nats://…@a", but it can have no user',
      'nats.operator_service_urls[4]: found "tls://a/path", but it can have no path',
    ],
    [{ tags: ["Team"] }, 'nats.tags[0]: found "Team", but a tag is lower-case text without white space around it'],
  ];
  check(cases, (fields) => validateOperator(sampleOperator(fields)));
  const claims = { ...sampleOperator(), sub: A, name: "\ud800", aud: "x".repeat(8193), exp: 1, nbf: 2 };
  assert.deepEqual(validateOperator(claims).map(formatProblem), [
    `sub: found "${A}", but the public key of an operator must stand here, not of an account`,
    'name: found "\\ud800", but text must be valid Unicode',
    'aud: found "8193 characters", but text can have at most 8192',
    "exp: found 1, but it must be later than nbf (2)",
  ]);
});
