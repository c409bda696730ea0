import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import fc from "fast-check";

import { canonicalJson } from "../../../nats/canonical-json.ts";
import type { UserClaims } from "../../../nats/claims/user.ts";
import {
  claimsHash,
  decodeJwt,
  JwtError,
  LONGEST_USER_JWT,
  signJwt,
  verifyJwt,
  type Claims,
} from "../../../nats/jwt.ts";
import type { Signer } from "../../../nats/nkeys.ts";
import { ISSUED_AT, keys, sampleAccount, sampleOperator, sampleScopedUser, sampleUser } from "./samples.ts";

const samples: [name: string, claims: Claims, signer: Signer][] = [
  ["operator", sampleOperator(), keys.operator],
  ["account", sampleAccount(), keys.operatorSigning],
  ["user", sampleUser(), keys.accountSigning],
  ["scoped-user", sampleScopedUser(), keys.role],
];

test("the same claims, signer and time give the JWT that they always gave", () => {
  for (const [name, claims, signer] of samples) {
    const golden = readFileSync(new URL(`golden/${name}.jwt`, import.meta.url), "utf8").trim();
    assert.equal(signJwt(claims, signer, ISSUED_AT), golden, name);
  }
});

test("verifying gives back every claim, in UTF-8, and what signing added", () => {
  for (const [, claims, signer] of samples) {
    const decoded = verifyJwt(signJwt(claims, signer, ISSUED_AT));
    const { iss, iat, jti, ...rest } = decoded.claims;
    assert.deepEqual(rest, JSON.parse(JSON.stringify(claims)));
    assert.deepEqual([iss, iat], [signer.publicKey, ISSUED_AT]);
    assert.match(jti ?? "", /^[A-Z2-7]{52}$/);
    assert.equal(decoded.type, claims.nats.type);
    assert.deepEqual(decoded.header, { typ: "JWT", alg: "ed25519-nkey" });
  }
});

/** The same value with the keys of every object in an order drawn at random. */
function reordered<T>(value: T, random: () => number): T {
  if (Array.isArray(value)) return value.map((item: unknown) => reordered(item, random)) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, field]) => ({
    key,
    field: reordered<unknown>(field, random),
    at: random(),
  }));
  return Object.fromEntries(entries.sort((a, b) => a.at - b.at).map(({ key, field }) => [key, field])) as T;
}

test("the order in which claims were written changes neither their hash nor their JWT", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...samples),
      fc.infiniteStream(fc.double({ noNaN: true })),
      ([, claims, signer], order) => {
        const random = (): number => Number(order.next().value);
        const other = reordered(claims, random);
        assert.equal(claimsHash(other, signer.publicKey), claimsHash(claims, signer.publicKey));
        assert.equal(signJwt(other, signer, ISSUED_AT), signJwt(claims, signer, ISSUED_AT));
      },
    ),
  );
});

test("canonical JSON holds the same values, and differs when any value differs", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      const plain = JSON.stringify(one);
      assert.deepEqual(JSON.parse(canonicalJson(one)), JSON.parse(plain));
      const isEqual = canonicalJson(JSON.parse(plain)) === canonicalJson(JSON.parse(JSON.stringify(other)));
      assert.equal(isEqual, isDeepEqual(JSON.parse(plain), JSON.parse(JSON.stringify(other))));
    }),
    { numRuns: 500 },
  );
  assert.equal(canonicalJson({ b: undefined, a: [undefined, { d: 1, c: "é" }] }), '{"a":[null,{"c":"é","d":1}]}');
});

function isDeepEqual(one: unknown, other: unknown): boolean {
  try {
    assert.deepStrictEqual(one, other);
    return true;
  } catch {
    return false;
  }
}

test("the hash of claims moves with any claim and with the signer, and not with the time", () => {
  const claims = sampleAccount();
  const issuer = keys.operatorSigning.publicKey;
  const hashes = [
    claimsHash(claims, issuer),
    claimsHash(claims, keys.operator.publicKey),
    claimsHash({ ...claims, name: "OTHER" }, issuer),
    claimsHash({ ...claims, exp: ISSUED_AT + 1 }, issuer),
    claimsHash(sampleAccount({ limits: { conn: 999 } }), issuer),
  ];
  assert.equal(new Set(hashes).size, hashes.length);
  const signed = verifyJwt(signJwt(claims, keys.operatorSigning, ISSUED_AT)).claims;
  assert.equal(claimsHash(signed as unknown as Claims, issuer), hashes[0]);
});

test("jti is base32 of SHA-512/256 over all other claims, so no two JWTs share one", () => {
  const [one, other] = [sampleAccount(), sampleAccount({ description: "x" })].map(
    (claims) => verifyJwt(signJwt(claims, keys.operatorSigning, ISSUED_AT)).claims,
  );
  assert.notEqual(one?.jti, other?.jti);
  const bits = [...hash("sha512-256", canonicalJson({ ...one, jti: undefined }), "buffer")]
    .map((byte) => byte.toString(2).padStart(8, "0"))
    .join("");
  const expected = (bits.match(/.{1,5}/g) ?? []).map(
    (five) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[parseInt(five.padEnd(5, "0"), 2)],
  );
  assert.equal(one?.jti, expected.join(""));
});

test("a JWT with any one character changed is refused", () => {
  const jwts = samples.map(([, claims, signer]) => signJwt(claims, signer, ISSUED_AT));
  const character = fc.constantFrom(
    ..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n".split(""),
  );
  fc.assert(
    fc.property(fc.constantFrom(...jwts), fc.nat(), character, (jwt, number, character) => {
      const place = number % jwt.length;
      fc.pre(jwt[place] !== character);
      assert.throws(() => verifyJwt(jwt.slice(0, place) + character + jwt.slice(place + 1)), JwtError);
    }),
    { numRuns: 2000 },
  );
  for (const jwt of jwts) {
    for (let place = jwt.length - 90; place <= jwt.length; place++)
      assert.throws(() => verifyJwt(jwt.slice(0, place - 1)), JwtError);
    for (const more of ["A", "=", "\n", "."]) assert.throws(() => verifyJwt(jwt + more), JwtError);
  }
});

test("only the right kind of key may sign: by us and by others", () => {
  const cases: [Claims, Signer, RegExp][] = [
    [sampleOperator(), keys.account, /iss: found the key of a kind "account", but the signer must be of kind operator/],
    [sampleAccount(), keys.user, /the signer must be of kind operator or account/],
    [sampleAccount(), keys.otherAccount, /can only be signed by itself/],
    [sampleUser(), keys.operator, /the signer must be of kind account/],
  ];
  for (const [claims, signer, message] of cases) {
    assert.throws(() => signJwt(claims, signer, ISSUED_AT), message);
    assert.throws(
      () => verifyJwt(forged(claims, signer)),
      /cannot be signed by a key of kind|the key of another account/,
    );
  }
  assert.equal(verifyJwt(signJwt(sampleAccount(), keys.account, ISSUED_AT)).claims.iss, keys.account.publicKey);
});

/** A JWT with a good signature that {@link signJwt} would not make. */
function forged(claims: object, signer: Signer, header: object = { typ: "JWT", alg: "ed25519-nkey" }): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part(header)}.${part({ iss: signer.publicKey, ...claims })}`;
  return `${signed}.${Buffer.from(signer.sign(Buffer.from(signed))).toString("base64url")}`;
}

test("a signature by a key other than the issuer's is refused", () => {
  const jwt = forged({ ...sampleOperator(), iss: keys.operatorSigning.publicKey }, keys.operator);
  assert.throws(() => verifyJwt(jwt), /its signature is not one by/);
});

test("headers are read as servers read them", () => {
  const claims = sampleOperator();
  for (const header of [
    { typ: "jwt", alg: "ED25519-nkey" },
    { typ: "JWT", alg: "ed25519", kid: "x" },
  ]) {
    assert.equal(verifyJwt(forged(claims, keys.operator, header)).claims.name, "example");
  }
  assert.throws(
    () => decodeJwt(forged(claims, keys.operator, { typ: "JWT", alg: "EdDSA" })),
    /alg is "EdDSA", not "ed25519-nkey"/,
  );
  assert.throws(() => decodeJwt(forged(claims, keys.operator, { alg: "ed25519-nkey" })), /typ is nothing, not "JWT"/);
});

test("what is not a JWT is refused with the reason", () => {
  const part = (text: string | Uint8Array): string => Buffer.from(text).toString("base64url");
  const header = part('{"typ":"JWT","alg":"ed25519-nkey"}');
  const cases: [string, RegExp][] = [
    ["", /it has 1 parts between dots, not 3/],
    ["a.b.c.d", /it has 4 parts between dots, not 3/],
    [`${header}=.${part("{}")}.`, /its header is not base64url without padding/],
    [`${header}.${part("[]")}.`, /its claims is not a JSON object/],
    [`${header}.${part(Uint8Array.of(0x22, 0xe9, 0x22))}.`, /its claims is not JSON in UTF-8/],
    [`${header}.${part('{"type":"account"}')}.`, /its claims are of version 1; only version 2 can be verified/],
    [`${header}.${part('{"nats":{"type":"user","version":2}}')}.`, /its issuer is no key/],
    ["a".repeat(2 ** 20 + 1), /servers read at most 1048576/],
  ];
  for (const [text, message] of cases) assert.throws(() => verifyJwt(text), message);
});

test("nothing is signed at an impossible time", () => {
  for (const time of [0, -1, 1.5, ISSUED_AT * 1000, Number.NaN]) {
    assert.throws(
      () => signJwt(sampleUser(), keys.accountSigning, time),
      /iat: found .*, but a time is a whole number of seconds/,
    );
  }
  const expired = { ...sampleUser(), exp: ISSUED_AT };
  assert.throws(
    () => signJwt(expired, keys.accountSigning, ISSUED_AT),
    /exp: found 1700000000, but it must be later than the time of signing/,
  );
});

test("a user JWT that does not fit a CONNECT line is refused", () => {
  const withSubjects = (count: number): UserClaims =>
    sampleUser({ pub: { allow: Array.from({ length: count }, (_, n) => `orders.${n}.>`) } });
  assert.throws(
    () => signJwt(withSubjects(300), keys.accountSigning, ISSUED_AT),
    new RegExp(`nats: found a JWT of \\d+ bytes, but servers accept at most ${LONGEST_USER_JWT}`),
  );
  assert.ok(signJwt(withSubjects(100), keys.accountSigning, ISSUED_AT).length <= LONGEST_USER_JWT);
});

test("signing leaves its arguments alone", () => {
  for (const [, claims, signer] of samples) {
    const before = structuredClone(claims);
    signJwt(claims, signer, ISSUED_AT);
    assert.deepEqual(claims, before);
  }
});
