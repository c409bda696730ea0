import assert from "node:assert/strict";
import { test } from "node:test";

import { fmtCreds, parseCreds as parseTheirs } from "@nats-io/jwt";
import { fromSeed } from "@nats-io/nkeys";

import { formatCreds, parseCreds } from "../../../nats/creds.ts";
import { signJwt } from "../../../nats/jwt.ts";
import { ISSUED_AT, keys, sampleScopedUser, seedOf } from "./samples.ts";

const seed = seedOf("user", "one");
const jwt = signJwt(sampleScopedUser(), keys.role, ISSUED_AT);

test("a credentials file is read back as it was written, also with Windows line ends", () => {
  assert.deepEqual(parseCreds(formatCreds(jwt, seed)), { jwt, seed });
  assert.deepEqual(parseCreds(formatCreds(jwt, seed).replaceAll("\n", "\r\n")), { jwt, seed });
});

test("the npm library reads our credentials files, and we read its", async () => {
  const theirs = await parseTheirs(new TextEncoder().encode(formatCreds(jwt, seed)));
  assert.equal(theirs.jwt, jwt);
  assert.equal(theirs.uc.sub, keys.user.publicKey);
  const written = new TextDecoder().decode(fmtCreds(jwt, fromSeed(new TextEncoder().encode(seed))));
  assert.deepEqual(parseCreds(written), { jwt, seed });
});

test("what is not a credentials file is refused with the reason, and without its content", () => {
  const good = formatCreds(jwt, seed);
  const cases: [string, RegExp][] = [
    ["", /^not a credentials file: it has no block NATS USER JWT$/],
    [good.slice(0, good.indexOf("*****")), /^not a credentials file: it has no block USER NKEY SEED$/],
    [
      good.replace(seed, seed.slice(0, 20) + seed.slice(20).replace(/./, (letter) => (letter === "A" ? "B" : "A"))),
      /^not a credentials file: not a seed: its checksum is wrong/,
    ],
    [good.replace(seed, seedOf("account", "x")), /^not a credentials file: its seed is not one of a user$/],
    [good.replace(jwt, jwt.slice(5)), /^not a JWT: /],
  ];
  for (const [text, message] of cases)
    assert.throws(
      () => parseCreds(text),
      (error: Error) => message.test(error.message) && !error.message.includes(seed.slice(2, 20)),
    );
});
