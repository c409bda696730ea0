/**
 * How long it takes to mint a key and sign a robot token with it, 10,000 times: ours against jose, which does the same work on WebCrypto,
 * in one run on one machine: `npm run bench tokens`. Each of our tokens is verified by jose.
 */
import { randomBytes } from "node:crypto";
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT, type CryptoKey } from "jose";
import { encodeSeed, signerOf, type Signer } from "../nats/nkeys.ts";
import { keySet, signRobotTokenNow, type ApplicationToken } from "../nats/robot-token.ts";

const TOKENS = 10_000;
const issuedAt = Math.floor(Date.now() / 1000);
const expiresAt = issuedAt + 3600;
const issuer = "https://mint.example";

interface Row {
  readonly what: string;
  readonly milliseconds: number;
}

async function timed(what: string, work: () => void | Promise<void>): Promise<Row> {
  const start = performance.now();
  await work();
  return { what, milliseconds: performance.now() - start };
}

function token(number: number): ApplicationToken {
  return {
    ...{ format: "application", robotName: `robot-${number}`, tokenType: "robot", claims: { robot_type: "service" } },
    ...{ algorithm: "EdDSA", issuer, subject: `robot:robot-${number}`, audience: "bench", namespace: "nats-platform" },
    ...{ issuedAt, expiresAt },
  };
}

function signedByJose(number: number, key: CryptoKey): Promise<string> {
  return new SignJWT({ "nats-platform": { robot_type: "service", token_type: "robot" } })
    .setProtectedHeader({ alg: "EdDSA", typ: "JWT", kid: "bench" })
    .setIssuer(issuer)
    .setSubject(`robot:robot-${number}`)
    .setAudience("bench")
    .setIssuedAt(issuedAt)
    .setNotBefore(issuedAt)
    .setExpirationTime(expiresAt)
    .setJti(crypto.randomUUID())
    .sign(key);
}

const numbers = Array.from({ length: TOKENS }, (_, number) => number);
const mint = (): Signer => signerOf(encodeSeed("user", randomBytes(32)));
const one = mint();
const { privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519" });
const ours: string[] = [];

const rows = [
  await timed("ours, one key", () => {
    for (const number of numbers) ours.push(signRobotTokenNow(token(number), one));
  }),
  await timed("jose, one key", async () => {
    for (const number of numbers) await signedByJose(number, privateKey);
  }),
  await timed("ours, a key for each", () => {
    for (const number of numbers) signRobotTokenNow(token(number), mint());
  }),
  await timed("jose, a key for each, with its JWK", async () => {
    for (const number of numbers) {
      const pair = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
      await signedByJose(number, pair.privateKey);
      await exportJWK(pair.publicKey);
    }
  }),
];

const keys = createLocalJWKSet(JSON.parse(keySet([one.publicKey])) as { keys: [] });
for (const text of ours) await jwtVerify(text, keys, { issuer, audience: "bench", algorithms: ["EdDSA"] });
console.log(`jose verified ${ours.length} of our tokens`);

console.log("| tokens signed by | ms | µs each | of the time of jose |\n| --- | ---: | ---: | ---: |");
for (const [index, { what, milliseconds }] of rows.entries()) {
  const peer = rows[index - (index % 2) + 1]?.milliseconds ?? milliseconds;
  const cells = [
    what,
    milliseconds.toFixed(0),
    ((milliseconds / TOKENS) * 1000).toFixed(0),
    (milliseconds / peer).toFixed(2),
  ];
  console.log(`| ${cells.join(" | ")} |`);
}
