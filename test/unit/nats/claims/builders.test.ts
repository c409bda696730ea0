import assert from "node:assert/strict";
import { test } from "node:test";

import { accountClaims, validateAccount } from "../../../../nats/claims/account.ts";
import { operatorClaims, validateOperator } from "../../../../nats/claims/operator.ts";
import { scopedSigningKey } from "../../../../nats/claims/signing-keys.ts";
import { scopedUserClaims, userClaims, validateUser } from "../../../../nats/claims/user.ts";
import { keys, sampleAccount, sampleOperator, sampleScopedUser, sampleUser } from "../samples.ts";

const A = keys.account.publicKey;
const O = keys.operator.publicKey;
const R = keys.role.publicKey;
const U = keys.user.publicKey;

test("the builders fill in what servers would take for nothing", () => {
  assert.deepEqual(userClaims({ sub: U }).nats, { subs: -1, data: -1, payload: -1, type: "user", version: 2 });
  assert.deepEqual(accountClaims({ sub: A, nats: { limits: { conn: 5 } } }).nats.limits, {
    ...{ subs: -1, data: -1, payload: -1, imports: -1, exports: -1, conn: 5, leaf: -1, wildcards: true },
  });
  assert.deepEqual(scopedSigningKey({ key: R, role: "r", template: { subs: 3 } }), {
    ...{ kind: "user_scope", key: R, role: "r", template: { subs: 3, data: -1, payload: -1 } },
  });
  assert.deepEqual(operatorClaims({ sub: O }).nats, { type: "operator", version: 2 });
});

test("a scoped user has neither permissions nor limits", () => {
  const claims = scopedUserClaims({ sub: U, name: "x", nats: { issuer_account: A } });
  assert.deepEqual(claims.nats, { issuer_account: A, type: "user", version: 2 });
});

test("the builders leave their arguments alone", () => {
  const fields = { sub: A, nats: { limits: { conn: 1 }, tags: ["a"] } };
  const before = structuredClone(fields);
  accountClaims(fields);
  assert.deepEqual(fields, before);
});

test("good claims have no problem", () => {
  assert.deepEqual(validateOperator(sampleOperator()), []);
  assert.deepEqual(validateAccount(sampleAccount()), []);
  assert.deepEqual(validateUser(sampleUser()), []);
  assert.deepEqual(validateUser(sampleScopedUser()), []);
});
