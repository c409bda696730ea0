import assert from "node:assert/strict";
import { hkdfSync } from "node:crypto";
import { test } from "node:test";

import fc from "fast-check";

import { validateMembership } from "../../../nats/claims/membership.ts";
import type { UserClaims } from "../../../nats/claims/user.ts";
import { parseCreds } from "../../../nats/creds.ts";
import { verifyJwt } from "../../../nats/jwt.ts";
import { encodeSeed, publicKeyOf, type PublicNkey } from "../../../nats/nkeys.ts";
import { deriveUserSeed, issueUser, userIssuer } from "../../../nats/users.ts";
import { ISSUED_AT, keys, sampleAccount, seedOf } from "./samples.ts";

const ROOT = Uint8Array.from({ length: 32 }, (_, index) => index);
const account = keys.account.publicKey;

/** These never change: with another result, every user in the world would lose its key. */
const FROZEN: [user: string, rotation: number, publicKey: string][] = [
  ["orders", 0, "UAAAZQU64KYMNRWG5JIZYCOGANXSZTH6QLUJJHL2CQNMBZEJKVQAEKHJ"],
  ["orders", 1, "UDCOH6H6RUD4RMBGWHS4IAM427RO2AX2K6IIMDPCNYOQ4O3QWWUBAIXH"],
  ["Jürgen", 0, "UCYSUEZAIS54ON6ZZK7UW2QUCKPCRGXLG4XWWJZZXSLDDEFODHGTUWCU"],
  ["a\n1", 4294967295, "UD3R2D3VPQHKWEBIUAEKEJYT4AYAXUGS5QSOZ4NYPJV6KZKVDAZ6HTAN"],
];

test("the key of a user is the same for ever", () => {
  assert.equal(account, "AANTGXSTH7JZAYYW3UB7PXXYXJ3IGYNZL7VVJS54QQH4QDUTSNB7SQ26");
  for (const [user, rotation, publicKey] of FROZEN) {
    assert.equal(publicKeyOf(deriveUserSeed(ROOT, { account, user, rotation })), publicKey);
  }
});

test("a user's seed is HKDF-SHA256 as node:crypto computes it, over the documented info", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), name(), fc.nat(), (root, user, rotation) => {
      const info = `nats-platform/user/v1\n${account}\n${rotation}\n${user}`;
      const expected = encodeSeed("user", new Uint8Array(hkdfSync("sha256", root, "", info, 32)));
      assert.equal(deriveUserSeed(root, { account, user, rotation }), expected);
    }),
  );
});

test("another account, user, rotation or root gives another key", () => {
  const id = fc.record({
    account: fc.constantFrom(account, keys.otherAccount.publicKey),
    user: fc.oneof(name(), fc.constantFrom("a", "a\n1", "1\na", "1", "11")),
    rotation: fc.nat({ max: 20 }),
  });
  fc.assert(
    fc.property(id, id, (one, other) => {
      const isSame = one.account === other.account && one.user === other.user && one.rotation === other.rotation;
      assert.equal(deriveUserSeed(ROOT, one) === deriveUserSeed(ROOT, other), isSame);
    }),
  );
  const otherRoot = ROOT.map((byte) => byte ^ 1);
  const bob = { account, user: "bob", rotation: 0 };
  assert.notEqual(deriveUserSeed(ROOT, bob), deriveUserSeed(otherRoot, bob));
});

function name(): fc.Arbitrary<string> {
  return fc.string({ unit: "grapheme", minLength: 1 });
}

test("what cannot identify a user's key is refused", () => {
  const derive =
    (change: object, root = ROOT) =>
    () =>
      deriveUserSeed(root, { account, user: "bob", rotation: 0, ...change });
  assert.throws(derive({ rotation: -1 }), /a rotation is a whole number from 0 to 4294967295, not -1/);
  assert.throws(derive({ rotation: 0.5 }), /a rotation is a whole number/);
  assert.throws(derive({ user: "" }), /a user's name is valid Unicode text, and not empty/);
  assert.throws(derive({ user: "\ud800" }), /a user's name is valid Unicode text, and not empty/);
  assert.throws(derive({ account: keys.operator.publicKey }), /users belong to an account/);
  assert.throws(derive({ account: `${account}\n0` as PublicNkey }), /it has 58 characters, not 56/);
  assert.throws(derive({}, ROOT.subarray(1)), /a user root has 32 bytes, not 31/);
});

test("an issued user fits its account, and its credentials hold its own key", () => {
  const issuer = userIssuer(account, ROOT);
  const scoped = issueUser(issuer, {
    name: "bob",
    rotation: 0,
    signer: keys.role,
    issuedAt: ISSUED_AT,
    tags: ["team:x"],
  });
  const plain = issueUser(issuer, {
    name: "Any name",
    rotation: 3,
    signer: keys.accountSigning,
    issuedAt: ISSUED_AT,
    own: { pub: { allow: ["a.>"] } },
    expiresAt: ISSUED_AT + 60,
  });
  for (const [user, signer] of [
    [scoped, keys.role],
    [plain, keys.accountSigning],
  ] as const) {
    const claims = verifyJwt(user.jwt).claims as unknown as UserClaims;
    assert.deepEqual(validateMembership(claims, sampleAccount(), signer.publicKey, true), []);
    const creds = parseCreds(user.creds);
    assert.equal(creds.jwt, user.jwt);
    assert.equal(publicKeyOf(creds.seed), user.publicKey);
    assert.equal(claims.sub, user.publicKey);
  }
  assert.deepEqual(verifyJwt(scoped.jwt).claims.nats, {
    issuer_account: account,
    tags: ["team:x"],
    type: "user",
    version: 2,
  });
  assert.equal(verifyJwt(plain.jwt).claims.exp, ISSUED_AT + 60);
});

test("a user signed by the account's identity names no issuer_account", () => {
  const user = issueUser(userIssuer(account, ROOT), {
    name: "x",
    rotation: 0,
    signer: keys.account,
    issuedAt: ISSUED_AT,
    own: {},
  });
  assert.deepEqual(verifyJwt(user.jwt).claims.nats, { subs: -1, data: -1, payload: -1, type: "user", version: 2 });
});

test("a user with an adopted seed keeps it", () => {
  const seed = seedOf("user", "adopted");
  const user = issueUser(userIssuer(account, ROOT), {
    name: "x",
    rotation: 5,
    signer: keys.role,
    issuedAt: ISSUED_AT,
    seed,
  });
  assert.equal(user.publicKey, publicKeyOf(seed));
  assert.equal(parseCreds(user.creds).seed, seed);
});
