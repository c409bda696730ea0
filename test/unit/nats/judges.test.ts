import assert from "node:assert/strict";
import { test } from "node:test";

import { createAccount, createOperator, decode, encodeAccount } from "@nats-io/jwt";

import { signJwt, verifyJwt } from "../../../nats/jwt.ts";
import { ISSUED_AT, keys, sampleAccount, sampleOperator, sampleScopedUser, sampleUser } from "./samples.ts";

test("the npm JWT library decodes and verifies ours", () => {
  // It reads Latin-1 where UTF-8 stands, so only claims in ASCII can be compared.
  const ascii = { ...sampleUser(), name: "Juergen" };
  const jwts = [
    [sampleOperator(), signJwt(sampleOperator(), keys.operator, ISSUED_AT)],
    [
      sampleAccount({ description: "ascii" }),
      signJwt(sampleAccount({ description: "ascii" }), keys.operatorSigning, ISSUED_AT),
    ],
    [ascii, signJwt(ascii, keys.accountSigning, ISSUED_AT)],
    [sampleScopedUser(), signJwt(sampleScopedUser(), keys.role, ISSUED_AT)],
  ] as const;
  for (const [claims, jwt] of jwts) {
    const decoded = decode(jwt);
    assert.equal(decoded.sub, claims.sub);
    assert.equal(decoded.iat, ISSUED_AT);
    assert.deepEqual(decoded.nats, JSON.parse(JSON.stringify(claims.nats)));
  }
});

test("we decode and verify those of the npm JWT library", async () => {
  const [operator, account] = [createOperator(), createAccount()];
  const jwt = await encodeAccount("theirs", account, { limits: { conn: 5 } }, { signer: operator });
  const { claims, type } = verifyJwt(jwt);
  assert.deepEqual(
    [type, claims.name, claims.sub, claims.iss],
    ["account", "theirs", account.getPublicKey(), operator.getPublicKey()],
  );
});
