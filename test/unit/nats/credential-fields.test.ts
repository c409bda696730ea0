import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addressFor, credentialFields, credsIn, CREDENTIAL_FORMATS } from "../../../nats/credential-fields.ts";
import { parseCreds } from "../../../nats/creds.ts";
import { publicKeyOf } from "../../../nats/nkeys.ts";
import { issueUser, userIssuer, type IssuedUser } from "../../../nats/users.ts";
import { ISSUED_AT, keys } from "./samples.ts";

const client = "nats://nats.nats.svc.cluster.local:4222";
const mqtt = "mqtt://nats.nats.svc.cluster.local:1883";
const addresses = { nats: client, mqtt };
const beside = { URLS: client, ACCOUNT_NAME: "IOT" };

function issued(): IssuedUser {
  const issuer = userIssuer(keys.account.publicKey, Buffer.alloc(32, 1));
  return issueUser(issuer, { name: "thermometer", rotation: 0, signer: keys.role, issuedAt: ISSUED_AT });
}

test("each form has the fields that its readers look for, and where to connect", () => {
  const user = issued();
  const { name, jwt, seed, publicKey, creds } = user;
  const fields = (format: (typeof CREDENTIAL_FORMATS)[number]) => credentialFields(format, user, beside);
  assert.deepEqual(fields("creds"), { "nats.creds": creds, ...beside });
  assert.deepEqual(fields("jwt"), { jwt, seed, ...beside });
  assert.deepEqual(fields("nkey"), { "nats.nk": seed, "nkey.pub": publicKey, ...beside });
  assert.deepEqual(fields("password"), { username: name, password: jwt, ...beside });
  const { "context.json": context = "", ...rest } = fields("context");
  assert.deepEqual(rest, beside);
  assert.deepEqual(JSON.parse(context), {
    description: "IOT/thermometer",
    url: client,
    user_jwt: jwt,
    user_seed: seed,
  });
});

test("every form is of one and the same user", () => {
  const user = issued();
  assert.equal(publicKeyOf(user.seed), user.publicKey);
  assert.deepEqual(parseCreds(user.creds), { jwt: user.jwt, seed: user.seed });
});

test("what MQTT clients sign in with leads to where the servers take them, and no other form does", () => {
  for (const mqtt of ["mqtt://nats.nats.svc.cluster.local:1883", "mqtts://nats.nats.svc.cluster.local:8883"]) {
    const found = CREDENTIAL_FORMATS.map((format) => [format, addressFor(format, { nats: client, mqtt })]);
    const nats = { creds: client, jwt: client, nkey: client, context: client };
    assert.deepEqual(Object.fromEntries(found), { ...nats, password: mqtt, url: mqtt });
  }
});

test("where the servers take no MQTT clients, it leads to a listener that is run beside them, without TLS", () => {
  for (const nats of [client, client.replace("nats:", "tls:")])
    assert.equal(addressFor("url", { nats }), "mqtt://nats.nats.svc.cluster.local:1883");
  assert.equal(addressFor("creds", { nats: client }), client);
});

test("a URL holds name and JWT so that they come out of it as they were, whatever the name is", () => {
  const known = issued();
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (name) => {
      const user = { ...known, name };
      const { url = "" } = credentialFields("url", user, { ...beside, URLS: addressFor("url", addresses) });
      const { protocol, username, password, host } = new URL(url);
      assert.deepEqual([protocol, host], ["mqtt:", "nats.nats.svc.cluster.local:1883"]);
      assert.equal(decodeURIComponent(username), name);
      assert.equal(decodeURIComponent(password), user.jwt);
    }),
  );
});

test("the creds file comes back out of every form that has both the JWT and the seed", () => {
  const user = issued();
  const found = CREDENTIAL_FORMATS.filter((format) => credsIn(credentialFields(format, user, beside)) === user.creds);
  assert.deepEqual(found, ["creds", "jwt", "context"]);
  for (const format of ["nkey", "password", "url"] as const)
    assert.equal(credsIn(credentialFields(format, user, beside)), undefined, format);
});

test("a form without a seed holds none", () => {
  const user = issued();
  for (const format of ["password", "url"] as const) {
    assert.ok(!JSON.stringify(credentialFields(format, user, beside)).includes(user.seed), format);
  }
});
