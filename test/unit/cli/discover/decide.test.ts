import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ControllerSettings } from "../../../../components/discovery/settings.ts";
import { decide } from "../../../../cli/discover/decide.ts";
import { issuersOf } from "../../../../cli/discover/issuers.ts";
import { placeKey, placeOf, placeOfKey, userNameOf, type Request } from "../../../../cli/discover/request.ts";
import { makeSnapshot } from "../../../../cli/discover/snapshot.ts";
import { wishId } from "../../../../cli/discover/wish.ts";
import { parseCreds } from "../../../../nats/creds.ts";
import { decodeJwt } from "../../../../nats/jwt.ts";
import { matchesGlob } from "../../../../nats/globs.ts";
import { accountWith, keys, requestWith, settingsWith } from "./samples.ts";

const place = { namespace: "orders", secret: "mine" };
const worker = () => requestWith({ role: "worker" }, { createdAt: "2026-01-02T00:00:00.000Z" });
const auditor = () => requestWith({ role: "auditor" }, { createdAt: "2026-01-03T00:00:00.000Z" });
const settings = settingsWith();

test("the oldest gets a place that nobody holds, and the other is told by whom it is held", () => {
  const [first, second] = [worker(), auditor()];
  const { grant, refusals } = decide(place, [second, first], undefined, settings);
  assert.equal(grant?.request, first);
  assert.deepEqual(refusals, [
    {
      object: second.object,
      refusal: {
        reason: "ErrorUpsertingSecret",
        message: `Secret orders/mine: found account SERVICES, role auditor, but it is for account SERVICES, role worker, as Pod ${first.object.name} asks: choose another name`,
      },
    },
  ]);
});

test("of two of the same second, the uid decides", () => {
  const [one, other] = [requestWith({ role: "worker" }), requestWith({ role: "auditor" })];
  assert.equal(decide(place, [other, one], undefined, settings).grant?.request, one);
});

test("whoever the Secret was made for keeps it against an older one, while it asks for the same", () => {
  const [older, holder] = [worker(), auditor()];
  const held = { account: "SERVICES", role: "auditor" };
  assert.equal(decide(place, [older, holder], held, settings).grant?.request, holder);
  assert.equal(decide(place, [older], held, settings).grant?.request, older);
});

test("many that want the same are no conflict", () => {
  const { grant, refusals } = decide(place, [worker(), worker(), worker()], undefined, settings);
  assert.ok(grant);
  assert.deepEqual(refusals, []);
});

test("one that may not have it does not keep others from it, however old", () => {
  const old = requestWith({ account: "BILLING" }, { createdAt: "2020-01-01T00:00:00.000Z" });
  const { grant, refusals } = decide(place, [old, worker()], { account: "BILLING" }, settings);
  assert.equal(grant?.wish.account, "SERVICES");
  assert.deepEqual(
    refusals.map(({ refusal }) => refusal.reason),
    ["ErrorK8sAccessNotAllowed"],
  );
});

const namespaces = ["orders", "team-a", "team-b", "billing", "strangers"];
const patterns = ["orders", "team-*", "*", "b*", "team-b"];

const anyAllow = fc.array(
  fc.record(
    {
      namespaces: fc.subarray(patterns),
      roles: fc.subarray(["worker", "auditor"]),
    },
    { requiredKeys: ["namespaces"] },
  ),
  { maxLength: 3 },
);
const optional = (...values: string[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
const anyWords = fc.record({
  account: optional("SERVICES", "BILLING", "SYS", ""),
  secret: optional("one", "two", "three.four"),
  role: optional("worker", "auditor", "made-up"),
});
const anyChange = fc.record({
  object: fc.nat(5),
  words: anyWords,
  publish: optional("a.>", "b", "bad..one"),
  isGone: fc.boolean(),
});

/** What an allow list says, written anew: nothing of the code under test. */
function mayHave(allow: ControllerSettings["accounts"][string]["allow"], namespace: string, role: string | undefined) {
  return allow.some(
    (entry) =>
      entry.namespaces.some((pattern) => matchesGlob(pattern, namespace)) &&
      (entry.roles === undefined || (role !== undefined && entry.roles.includes(role))),
  );
}

test("whatever is asked for in whatever order, no credential lands in a namespace that its account's allow list does not name", () => {
  const issued = { ...keys.accounts };
  fc.assert(
    fc.property(anyAllow, anyAllow, fc.array(anyChange, { maxLength: 40 }), (allowServices, allowBilling, changes) => {
      const { SERVICES, BILLING } = settings.accounts;
      assert.ok(SERVICES && BILLING);
      const random = settingsWith({
        accounts: { SERVICES: { ...SERVICES, allow: allowServices }, BILLING: { ...BILLING, allow: allowBilling } },
      });
      const issue = issuersOf(random, { accounts: issued });
      const snapshot = makeSnapshot();
      const held = new Map<string, ReturnType<typeof wishId>>();
      for (const { object, words, publish, isGone } of changes) {
        const namespace = namespaces[object % namespaces.length] ?? "";
        const annotations: Record<string, string> =
          publish === undefined ? {} : { "nats-tower.com/nats-tower-publish": publish };
        const request = requestWith(words, { namespace, name: `pod-${object}`, uid: `uid-${object}`, annotations });
        const touched = isGone
          ? snapshot.remove("pods", request.object)
          : snapshot.put("pods", request.prefix, request.object);
        for (const key of touched) {
          const at = placeOfKey(key);
          const { grant } = decide(at, snapshot.at(key), held.get(key), random);
          if (grant === undefined) {
            held.delete(key);
            continue;
          }
          held.set(key, wishId(grant.wish));
          const { issuer_account: account } =
            decodeJwt(parseCreds(issue(at, grant.wish, 0).creds).jwt).claims.nats ?? {};
          const [name, owner] =
            Object.entries(random.accounts).find(([, { publicKey }]) => publicKey === account) ?? [];
          assert.ok(owner && name !== undefined, "credentials of an account that is not handed out");
          assert.equal(name, grant.wish.account);
          assert.ok(mayHave(owner.allow, at.namespace, grant.wish.role), `${name} in ${at.namespace}`);
          // And somebody in that very namespace asks for that account now.
          assert.ok(
            snapshot
              .at(key)
              .some(({ object: it }) => it.namespace === at.namespace && Object.values(it.labels).includes(name)),
          );
        }
      }
      // What is in the snapshot is what was last said, whatever came before.
      const asking = snapshot.keys().flatMap((key) => snapshot.at(key).map(({ object }) => object.name));
      assert.equal(new Set(asking).size, asking.length, "an object asks in two places");
      for (const key of snapshot.keys()) for (const request of snapshot.at(key)) assert.equal(keyOf(request), key);
    }),
    { numRuns: 300 },
  );
});

function keyOf(request: Request): string | undefined {
  const at = placeOf(request);
  return at && placeKey(at);
}

test("the order in which requests are known makes no difference", () => {
  const requests = [worker(), auditor(), requestWith(), requestWith({ account: "BILLING" }), worker()];
  const expected = decide(place, requests, undefined, settings);
  fc.assert(
    fc.property(fc.shuffledSubarray(requests, { minLength: requests.length }), (shuffled) => {
      assert.deepEqual(decide(place, shuffled, undefined, settings), expected);
    }),
  );
});

test("no two places share a key or a user name, and the name fits into subjects", () => {
  const label = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,10}[a-z0-9])?$/);
  const name = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,4}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,4}[a-z0-9])?){0,2}$/);
  const at = fc.record({ namespace: label, secret: name });
  fc.assert(
    fc.property(at, at, (one, other) => {
      assert.deepEqual(placeOfKey(placeKey(one)), { ...one });
      assert.match(placeKey(one), /^[-._a-zA-Z0-9]{1,253}$/);
      assert.match(userNameOf("east", one), /^[A-Za-z0-9_-]+$/);
      const isSame = one.namespace === other.namespace && one.secret === other.secret;
      assert.equal(placeKey(one) === placeKey(other), isSame);
      assert.equal(userNameOf("east", one) === userNameOf("east", other), isSame);
    }),
  );
  assert.notEqual(
    userNameOf("r", { namespace: "a", secret: "b.c" }),
    userNameOf("r", { namespace: "a", secret: "b-c" }),
  );
});

test("only the account's own allow list counts, also with the same name in another one", () => {
  const generous = accountWith({ allow: [{ namespaces: ["*"] }] });
  const strict = accountWith({ allow: [] });
  const both = settingsWith({ accounts: { SERVICES: strict.account, OPEN: generous.account } });
  assert.equal(decide(place, [worker()], undefined, both).grant, undefined);
});
