import assert from "node:assert/strict";
import { test } from "node:test";

import { validateMembership } from "../../../../nats/claims/membership.ts";
import { formatProblem } from "../../../../nats/problem.ts";
import { keys, sampleAccount, sampleScopedUser, sampleUser } from "../samples.ts";

const A = keys.account.publicKey;
const B = keys.otherAccount.publicKey;
const R = keys.role.publicKey;

test("what a server would only call an authorization violation is said", () => {
  const account = sampleAccount({ limits: { disallow_bearer: true } });
  const problems = (user: Parameters<typeof validateMembership>[0], issuer = R, isStrict = true): string[] =>
    validateMembership(user, account, issuer, isStrict).map(formatProblem);
  assert.deepEqual(problems(sampleScopedUser()), []);
  assert.deepEqual(problems(sampleUser(), keys.accountSigning.publicKey), []);
  assert.deepEqual(problems(sampleUser(), A, false), []);
  assert.deepEqual(problems(sampleUser()), [
    'nats: found "permissions or limits", but the key of role "worker" signs only users that leave them to its template',
  ]);
  assert.deepEqual(problems(sampleScopedUser(), keys.accountSigning.publicKey), [
    'nats: found "no limits", but a key without a template must sign limits, or the server allows the user nothing',
  ]);
  assert.deepEqual(problems(sampleUser(), A), [
    `iss: found "${A}", but the operator is strict, so a signing key of the account must sign, not its identity`,
  ]);
  assert.deepEqual(problems(sampleUser({ issuer_account: B }), B), [
    `nats.issuer_account: found "${B}", but it must name the account, ${A}`,
    `iss: found "${B}", but it is not one of the account's signing keys`,
  ]);
  assert.deepEqual(problems(sampleUser({ bearer_token: true }), keys.accountSigning.publicKey), [
    "nats.bearer_token: found true, but the account's limits have disallow_bearer",
  ]);
});
