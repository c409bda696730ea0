import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { credentialSecret, differenceOf, isOwn, MADE_FOR } from "../../../../cli/discover/credential-secret.ts";
import { issuersOf, userRotation } from "../../../../cli/discover/issuers.ts";
import type { Wish } from "../../../../cli/discover/wish.ts";
import { parseCreds } from "../../../../nats/creds.ts";
import { verifyJwt } from "../../../../nats/jwt.ts";
import type { LiveSecret, NewSecret } from "../../../../providers/kubernetes/secret.ts";
import { accountWith, keys, requestWith, settingsWith } from "./samples.ts";

const settings = settingsWith();
const place = { namespace: "orders", secret: "mine" };
const wish: Wish = { account: "SERVICES", role: "worker", isDefaultInstallation: true };
const issue = issuersOf(settings, keys);

const claimsOf = (creds: string) => verifyJwt(parseCreds(creds).jwt).claims;

test("a role's user is signed by the role's key and carries nothing of its own; others are signed by the plain key", () => {
  const { SERVICES } = settings.accounts;
  const scoped = claimsOf(issue(place, wish, 0).creds);
  assert.equal(scoped.iss, SERVICES?.roles.worker);
  assert.equal(scoped.name, "east_orders_mine");
  assert.deepEqual(scoped.nats, { issuer_account: SERVICES?.publicKey, type: "user", version: 2 });
  const whole = claimsOf(issue(place, { account: "SERVICES", isDefaultInstallation: true }, 0).creds);
  assert.equal(whole.iss, SERVICES?.signing);
  assert.equal(whole.nats?.pub, undefined);
  const own = { publish: ["a"], subscribe: [] };
  const made = claimsOf(issue(place, { account: "SERVICES", own, isDefaultInstallation: true }, 0).creds);
  assert.equal(made.iss, SERVICES?.signing);
  assert.deepEqual([made.nats?.pub, made.nats?.sub], [{ allow: ["a"] }, { deny: [">"] }]);
});

test("no two pairs of rotation and generation lead to one key, and there is an end of them", () => {
  const half = fc.integer({ min: 0, max: 65_535 });
  fc.assert(
    fc.property(half, half, half, half, (rotation, generation, otherRotation, otherGeneration) => {
      const isSame = rotation === otherRotation && generation === otherGeneration;
      assert.equal(userRotation(rotation, generation) === userRotation(otherRotation, otherGeneration), isSame);
      assert.ok(userRotation(rotation, generation) <= 0xffffffff);
    }),
  );
  assert.notEqual(userRotation(0, 1), userRotation(1, 0));
  assert.equal(userRotation(0, 0), 0);
  assert.throws(() => userRotation(0, 65_536), /65536 users of this place were withdrawn/);
});

test("keys that are not the ones of the settings are refused, without any of them in the error", () => {
  const other = accountWith();
  const swapped = { accounts: { ...keys.accounts, SERVICES: other.keys } };
  assert.throws(
    () => issuersOf(settings, swapped),
    /accounts\.SERVICES\.roles\.worker: found the key A\w+, but the settings name A/,
  );
  const without = { accounts: { BILLING: keys.accounts.BILLING ?? other.keys } };
  assert.throws(() => issuersOf(settings, without), /accounts\.SERVICES: found no keys/);
  const cut = { accounts: { ...keys.accounts, SERVICES: { ...keys.accounts.SERVICES, root: "short" } } };
  const error = caught(() => issuersOf(settings, cut as typeof keys));
  assert.match(error.message, /accounts\.SERVICES\.root: found 3 bytes/);
  assert.doesNotMatch(error.message, /S[AU][A-Z2-7]{10}/);
});

function caught(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof Error);
    return error;
  }
  return assert.fail("nothing was thrown");
}

const grant = { wish, request: requestWith({ role: "worker" }) };
const expected = credentialSecret(place, grant, issue(place, wish, 0), 0, settings);

function live(change: Partial<NewSecret> = {}): LiveSecret {
  return { ...expected, uid: "u", resourceVersion: "1", type: "Opaque", owners: [], ...change };
}

const withData = (field: string, text: string) =>
  live({ data: { ...expected.data, [field]: Buffer.from(text).toString("base64") } });

test("a Secret fits by what it says: labels, annotations and lines of others don't matter", () => {
  assert.equal(differenceOf(live(), expected), undefined);
  const more = { labels: { ...expected.labels, team: "a" }, annotations: { ...expected.annotations, note: "b" } };
  assert.equal(differenceOf(live(more), expected), undefined);
  const creds = Buffer.from(expected.data["nats.creds"] ?? "", "base64").toString();
  assert.equal(differenceOf(withData("nats.creds", `# ours\n${creds}`), expected), undefined);
});

test("what doesn't fit is found: account, role, permissions, key, address, a missing or another field", () => {
  const credsOf = (other: Wish, generation = 0) => withData("nats.creds", issue(place, other, generation).creds);
  const { jwt } = parseCreds(issue(place, wish, 0).creds);
  const wrongSeed = issue(place, wish, 0).creds.replace(/SU[A-Z2-7]{56}/, parseCreds(issue(place, wish, 1).creds).seed);
  assert.ok(wrongSeed.includes(jwt));
  const cases: [string, LiveSecret][] = [
    ["nats.creds: sub", credsOf(wish, 1)],
    ["nats.creds: iss", credsOf({ ...wish, role: "auditor" })],
    ["nats.creds: iss", credsOf({ account: "SERVICES", isDefaultInstallation: true })],
    ["nats.creds: sub", credsOf({ account: "BILLING", role: "worker", isDefaultInstallation: true })],
    ["nats.creds holds no credentials that fit together", withData("nats.creds", wrongSeed)],
    ["nats.creds holds no credentials that fit together", withData("nats.creds", "")],
    ["URLS", withData("URLS", "nats://evil:4222")],
    ["ACCOUNT_NAME", withData("ACCOUNT_NAME", "BILLING")],
    ["its keys are not ACCOUNT_NAME,URLS,nats.creds", withData("more", "")],
    ["labels: app.kubernetes.io/managed-by", live({ labels: {} })],
    [`annotations: ${MADE_FOR}`, live({ annotations: {} })],
  ];
  for (const [difference, found] of cases) assert.equal(differenceOf(found, expected), difference);
});

test("a Secret is the controller's own if it says so for this region and operator, or holds the user of the ledger", () => {
  assert.ok(isOwn(live(), settings, undefined));
  assert.ok(!isOwn(live(), settingsWith({ region: "west" }), undefined), "another region's controller made it");
  assert.ok(!isOwn(live({ annotations: {} }), settings, undefined));
  assert.ok(isOwn(live({ annotations: {} }), settings, issue(place, wish, 0).publicKey));
  assert.ok(!isOwn(live({ annotations: {} }), settings, issue(place, wish, 1).publicKey));
  assert.ok(!isOwn(live({ annotations: { [MADE_FOR]: "null" }, data: {} }), settings, undefined));
});
