import assert from "node:assert/strict";
import { test } from "node:test";

import { ClaimsError } from "../../../../nats/claims/validate.ts";
import { signJwt } from "../../../../nats/jwt.ts";
import { ISSUED_AT, keys, sampleUser } from "../samples.ts";
import { untyped } from "./wrong.ts";

const A = keys.account.publicKey;
const U = keys.user.publicKey;

test("signing refuses wrong claims and lists all problems at once", () => {
  const claims = { ...sampleUser({ subs: -2, src: ["x"] }), sub: A };
  assert.throws(
    () => signJwt(claims, keys.operator, 0),
    (error) => {
      assert.ok(error instanceof ClaimsError);
      assert.deepEqual(
        error.problems.map((problem) => problem.path),
        ["sub", "nats.subs", "nats.src[0]", "iss", "iat"],
      );
      assert.match(error.message, /^The user "Jürgen ☺" cannot be signed:\n {2}sub: found /);
      return true;
    },
  );
  assert.throws(
    () => signJwt(untyped({ sub: U, nats: { type: "server", version: 2 } }), keys.operator, ISSUED_AT),
    /allowed are operator, account and user/,
  );
});
