import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { ClaimsError } from "../../../nats/claims/validate.ts";
import { signJwt } from "../../../nats/jwt.ts";
import type { PublicNkey, Seed } from "../../../nats/nkeys.ts";
import { formatProblem, show } from "../../../nats/problem.ts";
import { ISSUED_AT, keys, sampleAccount, sampleOperator, seedOf } from "./samples.ts";

test("a problem is one line: path, found, allowed", () => {
  assert.equal(
    formatProblem({ path: "a.b", found: show(3), allowed: "it must be odd" }),
    "a.b: found 3, but it must be odd",
  );
  assert.deepEqual([undefined, "x", null, [1], 1.5, Number.NaN].map(show), [
    "nothing",
    '"x"',
    "null",
    "[1]",
    "1.5",
    "NaN",
  ]);
  assert.equal(show("x ".repeat(100)), `"${"x ".repeat(49)}x… (202 characters)`);
});

test("what is shown never holds a seed, and public keys stay readable", () => {
  const seed = seedOf("user", "one");
  const text = fc.string({ maxLength: 10 });
  fc.assert(
    fc.property(
      text,
      text,
      fc.constantFrom<string>(seed, seed.toLowerCase(), seed.slice(0, 50)),
      (before, after, secret) => {
        assert.ok(!show(before + secret + after).includes(secret.slice(4, 20)));
      },
    ),
  );
  // As long as a public key, and with the first letter of one.
  assert.ok(!show(`NA${seed.slice(0, 50)}2A2A`).includes(seed.slice(4, 20)));
  assert.equal(show(keys.user.publicKey), JSON.stringify(keys.user.publicKey));
});

test("a seed where a public key belongs is refused without showing it, wherever it stands", () => {
  const seed: Seed = seedOf("account", "identity");
  const wrong = seed as string as PublicNkey;
  const cases = [
    () => signJwt({ ...sampleAccount(), sub: wrong, name: seed }, keys.operator, ISSUED_AT),
    () =>
      signJwt(sampleOperator({ signing_keys: [wrong], system_account: wrong, tags: [seed] }), keys.operator, ISSUED_AT),
    () =>
      signJwt(
        sampleAccount({
          signing_keys: [wrong],
          revocations: { [wrong]: -1 },
          mappings: { [`${seed}..`]: [{ subject: `${seed} x`, weight: 200, cluster: seed }] },
          exports: [
            { subject: `${seed}..`, type: "service" },
            { subject: `${seed}..`, type: "service" },
          ],
          imports: [
            { subject: `${seed}.*`, local_subject: `${seed} .>`, account: wrong, type: "service" },
            { subject: `${seed}.*`, local_subject: `${seed} .>`, account: wrong, type: "service" },
          ],
          limits: { tiered_limits: { [seed]: { streams: -2 } }, disk_storage: 1 },
          authorization: { auth_users: [wrong], allowed_accounts: [wrong], xkey: wrong },
          trace: { dest: `${seed}.>` },
        }),
        keys.operator,
        ISSUED_AT,
      ),
  ];
  for (const attempt of cases) {
    assert.throws(attempt, (error) => {
      assert.ok(error instanceof ClaimsError);
      assert.ok(!JSON.stringify([error.message, error.problems]).includes(seed.slice(4, 20)), error.message);
      return true;
    });
  }
});
