import assert from "node:assert/strict";
import { test } from "node:test";
import { deliveriesTo } from "../../../components/credentials/deliveries.ts";
import { parsePlatform } from "../../../config/load.ts";
import { parseCreds } from "../../../nats/creds.ts";
import { verifyJwt } from "../../../nats/jwt.ts";
import { publicKeyOf } from "../../../nats/nkeys.ts";
import { manifestsOf, platformOf, runProgram, type Registration } from "../../support/program.ts";

/** The creds files that a run delivers, by `account/user`. */
function credsOf(registrations: readonly Registration[]): Record<string, string> {
  const secrets = manifestsOf(registrations).filter(
    ({ manifest }) => "nats.creds" in ((manifest as { stringData?: object }).stringData ?? {}),
  );
  return Object.fromEntries(
    secrets.map(({ manifest }) => {
      const labels = labelsOf(manifest.metadata);
      const { stringData } = manifest as unknown as { stringData: Record<string, string> };
      return [
        `${String(labels["nats-platform/account"])}/${String(labels["nats-platform/user"])}`,
        String(stringData["nats.creds"]),
      ];
    }),
  );
}

function labelsOf(metadata: object): Record<string, string> {
  return (metadata as { labels?: Record<string, string> }).labels ?? {};
}

interface Users {
  accounts: Record<string, { users: Record<string, object> }>;
}

/** The dev stack with a change to its SERVICES users. */
function withUsers(change: (users: Record<string, object>) => Record<string, object>): unknown {
  const platform = structuredClone(platformOf("dev")) as unknown as Users;
  const services = platform.accounts.SERVICES;
  assert.ok(services);
  services.users = change(services.users);
  return platform;
}

test("each region receives its own deliveries and no others", () => {
  const deliver = (region: string, secret: string) => ({ region, namespace: "orders", secret });
  const region = { target: { render: "deploy/a" } };
  const { accounts } = parsePlatform({
    operator: { name: "o" },
    accounts: {
      A: {
        users: {
          one: { deliver: [deliver("a", "one"), deliver("b", "one")] },
          two: { deliver: [deliver("b", "two")] },
        },
        allow: [{ region: "*", namespaces: ["orders"] }],
      },
    },
    regions: { a: region, b: { target: { render: "deploy/b" } } },
  });
  assert.deepEqual(deliveriesTo("a", accounts), [
    { account: "A", user: "one", namespace: "orders", secret: "one", format: "creds", immutable: false },
  ]);
  assert.deepEqual(
    deliveriesTo("b", accounts).map(({ secret }) => secret),
    ["one", "two"],
  );
});

test("a user keeps its key and its creds, to the byte, when other users come and go", async () => {
  const before = credsOf(await runProgram({ stack: "dev", fixed: true }));
  const platform = withUsers(({ billing: _, ...users }) => ({ another: { role: "worker" }, ...users }));
  const after = credsOf(await runProgram({ stack: "dev", fixed: true, platform }));
  const { "SERVICES/billing": gone, ...kept } = before;
  assert.ok(gone);
  assert.deepEqual(after, kept);
});

test("a rotation gives a new key to that user alone", async () => {
  const before = credsOf(await runProgram({ stack: "dev", fixed: true }));
  const platform = withUsers((users) => ({ ...users, orders: { ...users.orders, rotation: 1 } }));
  const after = credsOf(await runProgram({ stack: "dev", fixed: true, platform }));
  const subjectOf = (creds = "") => verifyJwt(parseCreds(creds).jwt).claims.sub;
  assert.notEqual(subjectOf(after["SERVICES/orders"]), subjectOf(before["SERVICES/orders"]));
  assert.deepEqual({ ...after, "SERVICES/orders": "" }, { ...before, "SERVICES/orders": "" });
});

test("creds hold the seed of the key that their JWT is about, and a role's user has no permissions of its own", async () => {
  for (const [user, creds] of Object.entries(credsOf(await runProgram({ stack: "dev" })))) {
    const { jwt, seed } = parseCreds(creds);
    const { claims } = verifyJwt(jwt);
    assert.equal(publicKeyOf(seed), claims.sub, user);
    assert.deepEqual(Object.keys(claims.nats ?? {}).sort(), ["issuer_account", "type", "version"], user);
  }
});

test("a user without a role may do all that its account may", async () => {
  const platform = withUsers((users) => ({
    ...users,
    free: { deliver: [{ region: "local", namespace: "orders", secret: "free" }] },
  }));
  const creds = credsOf(await runProgram({ stack: "dev", platform }))["SERVICES/free"];
  const { nats } = verifyJwt(parseCreds(String(creds)).jwt).claims;
  assert.deepEqual(
    { subs: nats?.subs, data: nats?.data, payload: nats?.payload, pub: nats?.pub },
    { subs: -1, data: -1, payload: -1, pub: undefined },
  );
});
