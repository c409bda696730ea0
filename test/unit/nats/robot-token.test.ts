import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { calculateJwkThumbprint, createLocalJWKSet, decodeProtectedHeader, errors, jwtVerify } from "jose";
import { verifyJwt } from "../../../nats/jwt.ts";
import { decodeJwtTimes } from "../../../nats/jwt-times.ts";
import { encodeSeed, signerOf } from "../../../nats/nkeys.ts";
import {
  jwkOf,
  keySet,
  renewalSeconds,
  signRobotToken,
  signRobotTokenNow,
  TOKEN_ALGORITHMS,
  tokenWindow,
  type ApplicationToken,
  type LegacyToken,
} from "../../../nats/robot-token.ts";

const signer = signerOf(encodeSeed("user", new Uint8Array(32).fill(1)));
const next = signerOf(encodeSeed("user", new Uint8Array(32).fill(2)));
const now = Math.floor(Date.now() / 1000);

function application(over: Partial<ApplicationToken> = {}): ApplicationToken {
  return {
    format: "application",
    robotName: "jwt-mint",
    tokenType: "robot",
    claims: { robot_type: "service" },
    algorithm: "EdDSA",
    issuer: "https://mint.example",
    subject: "robot:jwt-mint",
    audience: "glass-center",
    namespace: "https://glass.example/claims",
    issuedAt: now - 10,
    expiresAt: now + 600,
    ...over,
  };
}

function legacy(over: Partial<LegacyToken> = {}): LegacyToken {
  const claims = { robot_type: "service" };
  return { format: "legacy", robotName: "jwt-mint", tokenType: "robot", claims, issuedAt: now, ...over };
}

function keysFor(...signers: { publicKey: typeof signer.publicKey }[]) {
  return createLocalJWKSet(JSON.parse(keySet(signers.map(({ publicKey }) => publicKey))) as { keys: [] });
}

describe("a token for an application", () => {
  for (const algorithm of TOKEN_ALGORITHMS) {
    test(`is verified by jose under the name ${algorithm}, and says what it is to say`, async () => {
      const token = signRobotTokenNow(application({ algorithm }), signer);
      const { payload, protectedHeader } = await jwtVerify(token, keysFor(next, signer), {
        algorithms: [algorithm],
        issuer: "https://mint.example",
        audience: "glass-center",
        subject: "robot:jwt-mint",
        typ: "JWT",
        requiredClaims: ["iat", "nbf", "exp", "jti"],
      });
      assert.deepEqual(payload["https://glass.example/claims"], { robot_type: "service", token_type: "robot" });
      assert.equal(payload.nbf, payload.iat);
      assert.match(payload.jti ?? "", /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.equal(protectedHeader.kid, jwkOf(signer.publicKey).kid);
    });
  }

  test("names its key by the thumbprint of RFC 7638", async () => {
    const { kty, crv, x, kid } = jwkOf(signer.publicKey);
    assert.equal(kid, await calculateJwkThumbprint({ kty, crv, x }));
  });

  test("is refused by whoever doesn't know its key, allows another algorithm, or is another audience", async () => {
    const token = signRobotTokenNow(application(), signer);
    await assert.rejects(jwtVerify(token, keysFor(next)), errors.JWKSNoMatchingKey);
    await assert.rejects(jwtVerify(token, keysFor(signer), { algorithms: ["Ed25519"] }), errors.JOSEAlgNotAllowed);
    await assert.rejects(jwtVerify(token, keysFor(signer), { audience: "other" }), errors.JWTClaimValidationFailed);
    const old = signRobotTokenNow(application({ issuedAt: now - 600, expiresAt: now - 1 }), signer);
    await assert.rejects(jwtVerify(old, keysFor(signer)), errors.JWTExpired);
  });

  test("is no NATS JWT, and no key that signs those signs it", () => {
    assert.throws(() => verifyJwt(signRobotTokenNow(application(), signer)), /alg is "EdDSA", not "ed25519-nkey"/);
    for (const kind of ["account", "operator"] as const) {
      const trusted = signerOf(encodeSeed(kind, new Uint8Array(32)));
      assert.throws(() => signRobotTokenNow(application(), trusted), /signed by an nkey of kind user, not of kind/);
    }
  });
});

describe("a token of the chart's shape", () => {
  test("is a NATS JWT signed by the nkey, with the entry's fields and no expiry", () => {
    const { claims, type } = verifyJwt(signRobotTokenNow(legacy(), signer));
    const { jti, ...rest } = claims;
    assert.equal(type, "robot");
    assert.equal(typeof jti, "string");
    assert.deepEqual(rest, {
      iss: signer.publicKey,
      sub: "jwt-mint",
      name: "jwt-mint",
      iat: now,
      nats: { type: "robot", robot_type: "service", version: 2 },
    });
  });

  test("is refused by jose, which knows no ed25519-nkey", async () => {
    await assert.rejects(jwtVerify(signRobotTokenNow(legacy(), signer), keysFor(signer)), errors.JOSEError);
    assert.equal(decodeProtectedHeader(signRobotTokenNow(legacy(), signer)).alg, "ed25519-nkey");
  });
});

test("the same token and signer give the same text, at once or slowly; every other one gives another jti", async () => {
  const jti = (token: string) =>
    (JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { jti: string }).jti;
  const slowly = { ...signer, sign: (message: Uint8Array) => Promise.resolve(signer.sign(message)) };
  for (const token of [application(), legacy()]) {
    const text = signRobotTokenNow(token, signer);
    assert.equal(await signRobotToken(token, slowly), text);
    const others = [
      signRobotTokenNow(
        { ...token, robotName: "other", ...(token.format === "application" ? { subject: "o" } : {}) },
        signer,
      ),
      signRobotTokenNow({ ...token, issuedAt: token.issuedAt + 1 }, signer),
      signRobotTokenNow(token, next),
    ].map(jti);
    assert.equal(new Set([jti(text), ...others]).size, 4);
  }
});

test("a token in its window has a third of its life left, and windows follow each other without a gap", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 60, max: 400 * 86_400 }),
      fc.integer({ min: 1_500_000_000, max: 4_000_000_000 }),
      (ttl, second) => {
        const { issuedAt, expiresAt } = tokenWindow(ttl, second);
        assert.equal(expiresAt - issuedAt, ttl);
        assert.ok(issuedAt <= second && second < issuedAt + renewalSeconds(ttl));
        assert.ok(expiresAt - second >= Math.floor(ttl / 3));
        assert.deepEqual(tokenWindow(ttl, issuedAt), { issuedAt, expiresAt });
        assert.equal(tokenWindow(ttl, issuedAt - 1).issuedAt, issuedAt - renewalSeconds(ttl));
      },
    ),
  );
});

test("the times of any JWT can be read, and text that is none has none", () => {
  assert.deepEqual(decodeJwtTimes(signRobotTokenNow(application(), signer)), {
    issuedAt: now - 10,
    expiresAt: now + 600,
  });
  assert.deepEqual(decodeJwtTimes("no.token.here"), {});
  assert.deepEqual(decodeJwtTimes(`e30.${Buffer.from("null").toString("base64url")}.x`), {});
});
