import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { minterPolicyName, readerPolicyName, regionReaderPolicyName } from "../../components/vault/names.ts";
import { policiesOf } from "../../components/vault/policy-list.ts";
import { parsePlatform } from "../../config/parse.ts";
import type { Platform, VaultKeys } from "../../config/schema.ts";
import { startVault, type Answer, type TestVault } from "../support/vault.ts";

const deliver = (region: string, namespace: string) => ({ region, namespace, secret: "orders-nats" });

/** Two regions with a store for each namespace, and `west` with one store for all. */
const platform = platformWith({});
const plain = platformWith({ prefix: "plain", path: "plain/nats" });
const written = [
  "operator",
  "account.IOT",
  "account.IOT.users",
  "account.IOT-2",
  "eu-east.routes",
  "eu.routes",
  "west.routes",
];
const rotated = ["account.IOT", "account.IOT.users", "account.LATER"];

let vault: TestVault;
const tokens: Record<string, string> = {};
/** Those that the tables below ask about. */
const roles: string[] = [];

before(async () => {
  vault = await startVault();
  await vault.must("POST", "sys/mounts/transit-p", { type: "transit" });
  for (const [of, keys] of [
    [platform, rotated],
    [plain, []],
  ] as const) {
    for (const [name, policy] of policiesOf(of.keys, of, keys)) {
      await vault.must("PUT", `sys/policies/acl/${name}`, { policy });
      tokens[name] = await vault.tokenWith([name]);
    }
  }
  const data = { data: { material: "something" } };
  for (const name of written) {
    await vault.must("POST", `secret/data/team/nats/keys/${name}`, data);
    await vault.must("POST", `secret/data/team/nats-2/keys/${name}`, data);
    await vault.must("POST", `secret/data/other/keys/${name}`, data);
  }
  await vault.must("POST", "secret/data/team/nats/trust", data);
  for (const name of ["deleted", "destroyed"]) {
    await vault.must("POST", `secret/data/team/nats/keys/${name}`, data);
  }
  await vault.must("DELETE", "secret/data/team/nats/keys/deleted");
  await vault.must("PUT", "secret/destroy/team/nats/keys/destroyed", { versions: [1] });
  for (const place of [
    "eu-east/nats",
    "eu-east/orders",
    "eu-east/orders-2",
    "eu/east-orders",
    "west/nats",
    "west/orders",
  ]) {
    await vault.must("POST", `secret/data/team/nats/creds/${place}/orders-nats`, data);
  }
  for (const name of ["operator.signing-1", "account.IOT.signing"]) {
    await vault.must("POST", `transit-p/keys/${name}`, { type: "ed25519" });
  }
});
after(() => vault.stop());

const keys = "team/nats/keys";
const creds = "team/nats/creds";
const data = (more: object = {}) => ({ data: { material: "other" }, ...more });
const cas = (version: number) => data({ options: { cas: version } });
const input = { input: Buffer.from("header.payload").toString("base64") };

/** What is asked, and whether the token may. */
type Row = readonly [may: "may" | "may not", what: string, method: string, path: string, body?: object];

describe("the minter", () => {
  asks("p-minter", [
    ["may", "make a key", "POST", `secret/data/${keys}/new`, cas(0)],
    ["may", "read a key", "GET", `secret/data/${keys}/operator`],
    ["may", "read what is known about a key", "GET", `secret/metadata/${keys}/operator`],
    ["may", "list keys", "LIST", `secret/metadata/${keys}/`],
    ["may not", "overwrite a key", "POST", `secret/data/${keys}/operator`, data()],
    ["may not", "overwrite a key of which it knows the version", "POST", `secret/data/${keys}/operator`, cas(1)],
    ["may not", "make a key again that was deleted", "POST", `secret/data/${keys}/deleted`, data()],
    ["may not", "make a key again that was destroyed", "POST", `secret/data/${keys}/destroyed`, data()],
    ["may not", "delete a key", "DELETE", `secret/data/${keys}/operator`],
    ["may not", "delete a version of a key", "POST", `secret/delete/${keys}/operator`, { versions: [1] }],
    ["may not", "undelete a key", "POST", `secret/undelete/${keys}/deleted`, { versions: [1] }],
    ["may not", "destroy a key", "PUT", `secret/destroy/${keys}/operator`, { versions: [1] }],
    ["may not", "remove a key with all its versions", "DELETE", `secret/metadata/${keys}/operator`],
    ["may not", "let a key expire", "POST", `secret/metadata/${keys}/operator`, { delete_version_after: "1s" }],
    ["may not", "make a path that is then no new one", "POST", `secret/metadata/${keys}/later`, { max_versions: 1 }],
    ["may", "see that the mount keeps versions", "GET", "secret/config"],
    ["may not", "make the mount forget versions", "POST", "secret/config", { delete_version_after: "1s" }],
    ["may", "write credentials", "POST", `secret/data/${creds}/eu-east/shop/shop-nats`, data()],
    ["may", "write credentials again", "POST", `secret/data/${creds}/eu-east/shop/shop-nats`, data()],
    ["may", "read credentials", "GET", `secret/data/${creds}/eu-east/shop/shop-nats`],
    ["may", "list credentials", "LIST", `secret/metadata/${creds}/eu-east/`],
    ["may", "remove credentials", "DELETE", `secret/metadata/${creds}/eu-east/shop/shop-nats`],
    ["may", "write the JWTs of operator and accounts", "POST", "secret/data/team/nats/trust", data()],
    ["may", "read them", "GET", "secret/data/team/nats/trust"],
    ["may not", "destroy them", "PUT", "secret/destroy/team/nats/trust", { versions: [1] }],
    ["may not", "read a neighbour's keys", "GET", "secret/data/other/keys/operator"],
    ["may not", "read keys of a path that begins alike", "GET", "secret/data/team/nats-2/keys/operator"],
    ["may not", "make a neighbour's keys", "POST", "secret/data/other/keys/new", cas(0)],
    ["may not", "write beside its own folders", "POST", "secret/data/team/nats/else", data()],
    ["may not", "list what else is there", "LIST", "secret/metadata/"],
    ["may not", "list a neighbour's keys", "LIST", "secret/metadata/other/keys/"],
    ["may", "make a signing key in Transit", "POST", "transit-p/keys/account.NEW.signing", { type: "ed25519" }],
    ["may", "ask for a signing key that is there", "POST", "transit-p/keys/operator.signing-1", { type: "ed25519" }],
    ["may", "read public keys", "GET", "transit-p/keys/operator.signing-1"],
    ["may", "sign", "POST", "transit-p/sign/operator.signing-1", input],
    ["may", "have the key that wraps an import", "GET", "transit-p/wrapping_key"],
    ["may not", "rotate a signing key", "POST", "transit-p/keys/operator.signing-1/rotate"],
    [
      "may not",
      "let a signing key be deleted",
      "POST",
      "transit-p/keys/operator.signing-1/config",
      { deletion_allowed: true },
    ],
    ["may not", "delete a signing key", "DELETE", "transit-p/keys/operator.signing-1"],
    ["may not", "trim a signing key", "POST", "transit-p/keys/operator.signing-1/trim", { min_available_version: 1 }],
    [
      "may not",
      "import over a signing key",
      "POST",
      "transit-p/keys/operator.signing-1/import_version",
      { ciphertext: "" },
    ],
    ["may not", "export a signing key", "GET", "transit-p/export/signing-key/operator.signing-1"],
    ["may not", "back up a signing key", "GET", "transit-p/backup/operator.signing-1"],
    ["may not", "read policies", "GET", "sys/policies/acl/p-minter"],
    [
      "may not",
      "change its policy",
      "PUT",
      "sys/policies/acl/p-minter",
      { policy: 'path "*" { capabilities = ["sudo"] }' },
    ],
    ["may not", "make logins", "POST", "sys/auth/userpass", { type: "approle" }],
    [
      "may not",
      "turn the audit on or off",
      "PUT",
      "sys/audit/file",
      { type: "file", options: { file_path: "stdout" } },
    ],
    ["may not", "make a token with more rights", "POST", "auth/token/create", { policies: ["root"] }],
    ["may not", "remount the keys", "POST", "sys/remount", { from: "secret", to: "elsewhere" }],
  ]);

  test("may not change a part of a key", async () => {
    const { status } = await fetch(`${vault.address}/v1/secret/data/${keys}/operator`, {
      method: "PATCH",
      headers: { "X-Vault-Token": tokens["p-minter"] ?? "", "Content-Type": "application/merge-patch+json" },
      body: JSON.stringify(cas(1)),
    });
    assert.equal(status, 403);
  });

  test("may import a signing key: nothing but what it sends is wrong", async () => {
    const { status, errors } = await ask("p-minter", "POST", "transit-p/keys/account.OLD.signing/import", {
      type: "ed25519",
      ciphertext: "bm8=",
    });
    assert.equal(status, 500, errors.join());
    assert.match(errors.join(), /ciphertext|decrypt|wrapped|bounds/);
  });

  test("finds a signing key unchanged that it asked for again", async () => {
    const publicKey = async () =>
      JSON.stringify((await vault.must("GET", "transit-p/keys/operator.signing-1")).data.keys);
    const before = await publicKey();
    await ask("p-minter", "POST", "transit-p/keys/operator.signing-1", { type: "ed25519", exportable: true });
    assert.equal(await publicKey(), before);
    assert.equal((await vault.must("GET", "transit-p/keys/operator.signing-1")).data.exportable, false);
  });

  asks(minterPolicyName("plain"), [
    ["may", "make a key without Transit too", "POST", "secret/data/plain/nats/keys/new", cas(0)],
    ["may not", "sign in a Transit that it was not given", "POST", "transit-p/sign/operator.signing-1", input],
    ["may not", "read another platform's keys", "GET", `secret/data/${keys}/operator`],
  ]);
});

describe("the signer", () => {
  asks("p-signer", [
    ["may", "sign", "POST", "transit-p/sign/operator.signing-1", input],
    ["may", "read public keys", "GET", "transit-p/keys/operator.signing-1"],
    ["may not", "make a signing key", "POST", "transit-p/keys/mine", { type: "ed25519" }],
    ["may not", "list signing keys", "LIST", "transit-p/keys/"],
    ["may not", "export a signing key", "GET", "transit-p/export/signing-key/operator.signing-1"],
    ["may not", "back up a signing key", "GET", "transit-p/backup/operator.signing-1"],
    ["may not", "rotate a signing key", "POST", "transit-p/keys/operator.signing-1/rotate"],
    ["may not", "configure a signing key", "POST", "transit-p/keys/operator.signing-1/config", { exportable: true }],
    ["may not", "delete a signing key", "DELETE", "transit-p/keys/operator.signing-1"],
    ["may not", "read keys", "GET", `secret/data/${keys}/operator`],
    ["may not", "read credentials", "GET", `secret/data/${creds}/eu-east/orders/orders-nats`],
  ]);
});

describe("a namespace's reader", () => {
  asks(readerPolicyName("p", { region: "eu-east", namespace: "orders" }), [
    ["may", "read its credentials", "GET", `secret/data/${creds}/eu-east/orders/orders-nats`],
    ["may not", "write its credentials", "POST", `secret/data/${creds}/eu-east/orders/orders-nats`, data()],
    ["may not", "write credentials that are not there yet", "POST", `secret/data/${creds}/eu-east/orders/new`, data()],
    ["may not", "delete its credentials", "DELETE", `secret/data/${creds}/eu-east/orders/orders-nats`],
    ["may not", "list its credentials", "LIST", `secret/metadata/${creds}/eu-east/orders/`],
    ["may not", "read another namespace's", "GET", `secret/data/${creds}/eu-east/nats/orders-nats`],
    [
      "may not",
      "read those of a namespace that begins alike",
      "GET",
      `secret/data/${creds}/eu-east/orders-2/orders-nats`,
    ],
    ["may not", "read those of its namesake elsewhere", "GET", `secret/data/${creds}/west/orders/orders-nats`],
    ["may not", "read the routes' password", "GET", `secret/data/${keys}/eu-east.routes`],
    ["may not", "read keys", "GET", `secret/data/${keys}/operator`],
    ["may not", "list keys", "LIST", `secret/metadata/${keys}/`],
    ["may not", "read the JWTs of operator and accounts", "GET", "secret/data/team/nats/trust"],
    ["may not", "sign", "POST", "transit-p/sign/operator.signing-1", input],
  ]);

  asks(readerPolicyName("p", { region: "eu", namespace: "east-orders" }), [
    [
      "may",
      "read its own, whatever its name with its region's makes",
      "GET",
      `secret/data/${creds}/eu/east-orders/orders-nats`,
    ],
    [
      "may not",
      "read those of another whose names make the same",
      "GET",
      `secret/data/${creds}/eu-east/orders/orders-nats`,
    ],
  ]);

  asks(readerPolicyName("p", { region: "eu-east", namespace: "nats" }), [
    ["may", "read the routes' password where the servers are", "GET", `secret/data/${keys}/eu-east.routes`],
    ["may", "read credentials there", "GET", `secret/data/${creds}/eu-east/nats/orders-nats`],
    ["may", "read the JWTs of operator and accounts there", "GET", "secret/data/team/nats/trust"],
    ["may not", "write them", "POST", "secret/data/team/nats/trust", data()],
    ["may not", "read another region's routes' password", "GET", `secret/data/${keys}/eu.routes`],
    ["may not", "write the routes' password", "POST", `secret/data/${keys}/eu-east.routes`, data()],
    ["may not", "read any other key", "GET", `secret/data/${keys}/operator`],
    ["may not", "read another namespace's", "GET", `secret/data/${creds}/eu-east/orders/orders-nats`],
  ]);
});

describe("a region's reader", () => {
  asks(regionReaderPolicyName("p", "west"), [
    ["may", "read a namespace's credentials", "GET", `secret/data/${creds}/west/orders/orders-nats`],
    ["may", "read another namespace's credentials", "GET", `secret/data/${creds}/west/nats/orders-nats`],
    ["may", "read the routes' password", "GET", `secret/data/${keys}/west.routes`],
    ["may", "read the JWTs of operator and accounts", "GET", "secret/data/team/nats/trust"],
    ["may not", "read another region's credentials", "GET", `secret/data/${creds}/eu-east/orders/orders-nats`],
    ["may not", "read another region's routes' password", "GET", `secret/data/${keys}/eu-east.routes`],
    ["may not", "read any other key", "GET", `secret/data/${keys}/operator`],
    ["may not", "list", "LIST", `secret/metadata/${creds}/west/`],
    ["may not", "write", "POST", `secret/data/${creds}/west/orders/orders-nats`, data()],
  ]);
});

describe("the rotator", () => {
  asks("p-rotator", [
    ["may", "read a key that it is to replace", "GET", `secret/data/${keys}/account.IOT`],
    ["may", "replace it", "POST", `secret/data/${keys}/account.IOT`, cas(1)],
    ["may", "replace the other one that is named", "POST", `secret/data/${keys}/account.IOT.users`, cas(1)],
    ["may not", "replace another", "POST", `secret/data/${keys}/operator`, cas(1)],
    ["may not", "read another", "GET", `secret/data/${keys}/operator`],
    ["may not", "replace one whose name begins alike", "POST", `secret/data/${keys}/account.IOT-2`, cas(1)],
    ["may not", "make a key", "POST", `secret/data/${keys}/account.IOT.more`, cas(0)],
    ["may not", "make a key that it may replace once it is there", "POST", `secret/data/${keys}/account.LATER`, cas(0)],
    ["may not", "delete what it may replace", "DELETE", `secret/data/${keys}/account.IOT`],
    ["may not", "destroy what it was before", "PUT", `secret/destroy/${keys}/account.IOT`, { versions: [1] }],
    ["may not", "remove it with all its versions", "DELETE", `secret/metadata/${keys}/account.IOT`],
    ["may not", "keep fewer versions", "POST", `secret/metadata/${keys}/account.IOT`, { max_versions: 1 }],
    ["may not", "list keys", "LIST", `secret/metadata/${keys}/`],
    ["may not", "read credentials", "GET", `secret/data/${creds}/eu-east/orders/orders-nats`],
    ["may not", "sign", "POST", "transit-p/sign/operator.signing-1", input],
  ]);
});

test("each policy of the platform is asked about", () => {
  const asked = new Set(roles);
  const unasked = Object.keys(tokens).filter((name) => !asked.has(name) && !name.startsWith("plain."));
  // These are for the same kind of reader as one that is asked about.
  assert.deepEqual(unasked, ["p.eu.nats", "p.eu-east.orders-2"].sort());
});

function asks(role: string, rows: readonly Row[]): void {
  roles.push(role);
  for (const [may, what, method, path, body] of rows) {
    test(`${may} ${what} (${role})`, async () => {
      const { status, errors } = await ask(role, method, path, body);
      const expected = may === "may" ? status >= 200 && status < 300 : status === 403;
      assert.ok(expected, `${method} ${path}: ${status} ${errors.join()}`);
    });
  }
}

function ask(role: string, method: string, path: string, body?: object): Promise<Answer> {
  const token = tokens[role];
  assert.ok(token !== undefined, `no policy ${role}, only ${Object.keys(tokens).join()}`);
  return vault.ask(method, path, body, token);
}

function platformWith(more: object): Platform & { keys: VaultKeys } {
  const vaultKeys = { store: "vault", address: "http://127.0.0.1", path: "team/nats", prefix: "p" };
  const transit = "prefix" in more ? {} : { transit: { mount: "transit-p" } };
  const region = (render: string, kind = "SecretStore") => ({ target: { render }, externalSecrets: { kind } });
  const orders = [
    ["eu-east", "orders"],
    ["eu-east", "orders-2"],
    ["eu", "east-orders"],
    ["west", "orders"],
  ] as const;
  const parsed = parsePlatform({
    operator: { name: "o" },
    keys: { ...vaultKeys, ...transit, ...more },
    accounts: {
      IOT: {
        users: { orders: { deliver: orders.map(([name, namespace]) => deliver(name, namespace)) } },
        allow: [{ region: "*", namespaces: ["*"] }],
      },
    },
    regions: { "eu-east": region("a"), eu: region("b"), west: region("c", "ClusterSecretStore") },
  });
  assert.equal(parsed.keys.store, "vault");
  return parsed as Platform & { keys: VaultKeys };
}
