import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { auditWarning, type AskVault } from "../../../components/vault/audit.ts";
import { jwtLogin } from "../../../components/vault/jwt-login.ts";
import {
  jobsRole,
  minterPolicyName,
  namespaceRole,
  readerPolicyName,
  regionReaderPolicyName,
  regionRole,
  rotatorPolicyName,
  signerPolicyName,
} from "../../../components/vault/names.ts";
import {
  minterPolicy,
  readerPolicy,
  regionReaderPolicy,
  rotatorPolicy,
  signerPolicy,
} from "../../../components/vault/policies.ts";
import { policiesOf } from "../../../components/vault/policy-list.ts";
import { readersOf } from "../../../components/vault/readers.ts";
import { readerRoles } from "../../../components/vault/roles.ts";
import { parsePlatform } from "../../../config/parse.ts";
import type { Platform, VaultKeys } from "../../../config/schema.ts";

const keys = { mount: "secret", path: "team/nats" };
const withTransit = { ...keys, transit: { mount: "nats-transit" } };
const orders = { region: "eu-east", namespace: "orders", hasServers: false };

test("the minter's policy, as it is reviewed", () => {
  assert.equal(
    minterPolicy(withTransit),
    `# makes keys, never replaces one
path "secret/data/team/nats/keys/*" {
  capabilities = ["create", "read"]
}

# tells a deleted key from none
path "secret/metadata/team/nats/keys/*" {
  capabilities = ["read", "list"]
}

# writes credentials, which follow from keys
path "secret/data/team/nats/creds/*" {
  capabilities = ["create", "update", "read"]
}

# removes credentials of users that are gone
path "secret/metadata/team/nats/creds/*" {
  capabilities = ["read", "list", "delete"]
}

# writes the JWTs of operator and accounts
path "secret/data/team/nats/trust" {
  capabilities = ["create", "update", "read"]
}

# removes them
path "secret/metadata/team/nats/trust" {
  capabilities = ["read", "delete"]
}

# checks that keys don't expire
path "secret/config" {
  capabilities = ["read"]
}

# makes signing keys, and reads public keys
path "nats-transit/keys/+" {
  capabilities = ["create", "read", "update"]
}

# brings keys that exist
path "nats-transit/keys/+/import" {
  capabilities = ["update"]
}

# wraps keys that it brings
path "nats-transit/wrapping_key" {
  capabilities = ["read"]
}

# signs
path "nats-transit/sign/+" {
  capabilities = ["update"]
}
`,
  );
});

test("the minter's policy without Transit is the same up to there", () => {
  const whole = minterPolicy(withTransit);
  assert.equal(minterPolicy(keys), whole.slice(0, whole.indexOf("\n# makes signing keys")));
});

test("the other policies, by path", () => {
  assert.deepEqual(rulesOf(signerPolicy(withTransit.transit)), [
    ["nats-transit/sign/+", "update"],
    ["nats-transit/keys/+", "read"],
  ]);
  assert.deepEqual(rulesOf(readerPolicy(keys, orders)), [["secret/data/team/nats/creds/eu-east/orders/*", "read"]]);
  assert.deepEqual(rulesOf(readerPolicy(keys, { ...orders, hasServers: true })), [
    ["secret/data/team/nats/creds/eu-east/orders/*", "read"],
    ["secret/data/team/nats/keys/eu-east.routes", "read"],
    ["secret/data/team/nats/trust", "read"],
  ]);
  assert.deepEqual(rulesOf(regionReaderPolicy(keys, "eu-east")), [
    ["secret/data/team/nats/creds/eu-east/*", "read"],
    ["secret/data/team/nats/keys/eu-east.routes", "read"],
    ["secret/data/team/nats/trust", "read"],
  ]);
  const issuing = { ...orders, hasServers: true, issuers: ["account.A.users"] };
  assert.ok(readerPolicy(keys, issuing).includes("keys/account.A.users"));
  assert.ok(
    !regionReaderPolicy(keys, "eu-east", [issuing]).includes("keys/account."),
    "all namespaces could read them",
  );
  assert.deepEqual(rulesOf(rotatorPolicy(keys, ["account.B", "account.A"])), [
    ["secret/data/team/nats/keys/account.A", "read update"],
    ["secret/data/team/nats/keys/account.B", "read update"],
  ]);
});

// Words of our own names among them, and words that make each other with a dash.
const label = fc.oneof(
  fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,6}[a-z0-9])?$/),
  fc.constantFrom("minter", "signer", "rotator", "region", "eu", "east", "eu-east", "nats", "east-nats"),
);
const prefix = label;

test("whatever regions and namespaces are called, no two policies and no two roles have the same name", () => {
  const places = fc.uniqueArray(fc.record({ region: label, namespace: label }), {
    selector: ({ region, namespace }) => `${region}/${namespace}`,
  });
  fc.assert(
    fc.property(prefix, places, (start, all) => {
      const regions = [...new Set(all.map(({ region }) => region))];
      const policies = [
        minterPolicyName(start),
        signerPolicyName(start),
        rotatorPolicyName(start),
        ...regions.map((region) => regionReaderPolicyName(start, region)),
        ...all.map((place) => readerPolicyName(start, place)),
      ];
      assert.equal(new Set(policies).size, policies.length, policies.join(" "));
      const namespaces = [...new Set(all.map(({ namespace }) => namespace))];
      const roles = [jobsRole(start), regionRole(start), ...namespaces.map((name) => namespaceRole(start, name))];
      assert.equal(new Set(roles).size, roles.length, roles.join(" "));
    }),
    {
      examples: [
        [
          "p",
          [
            { region: "eu", namespace: "east-nats" },
            { region: "eu-east", namespace: "nats" },
          ],
        ],
      ],
    },
  );
});

test("whatever they are called, a reader reads one folder, which no other reader's begins with", () => {
  fc.assert(
    fc.property(label, label, label, label, (regionA, namespaceA, regionB, namespaceB) => {
      fc.pre(regionA !== regionB || namespaceA !== namespaceB);
      const folder = (region: string, namespace: string) => {
        const rules = rulesOf(readerPolicy(keys, { region, namespace, hasServers: false }));
        assert.equal(rules.length, 1);
        const [path = "", capabilities] = rules[0] ?? [];
        assert.equal(capabilities, "read");
        assert.match(path, /^[^*+]+\/\*$/);
        return path.slice(0, -1);
      };
      assert.ok(!folder(regionA, namespaceA).startsWith(folder(regionB, namespaceB)));
    }),
  );
});

const region = (kind = "SecretStore", more: object = {}) => ({
  target: { render: `deploy/${kind}-${Object.values(more).join("")}` },
  externalSecrets: { kind, ...more },
});
const settingsIn = (platform: Platform) => (name: string) => {
  const found = platform.regions[name];
  assert.ok(found);
  return found.externalSecrets;
};

const delivery = (where: string, namespace: string) => ({ region: where, namespace, secret: `s-${namespace}` });

function platformWith(regions: object, deliver: object[]) {
  const platform = parsePlatform({
    operator: { name: "o" },
    keys: { store: "vault", address: "https://vault.example", path: "team/nats", prefix: "p" },
    accounts: { A: { users: { u: { deliver } }, allow: [{ region: "*", namespaces: ["*"] }] } },
    regions,
  });
  assert.equal(platform.keys.store, "vault");
  return { platform, keys: platform.keys as VaultKeys };
}

test("readers are the servers' namespaces and those that something is delivered to, each once and in a stable order", () => {
  const deliveries = [delivery("a", "shop"), delivery("b", "shop"), delivery("a", "nats"), delivery("a", "billing")];
  const read = (deliver: object[]) =>
    readersOf(platformWith({ b: region(), a: region("SecretStore", { name: "a" }) }, deliver).platform).map(
      ({ region: where, namespace, hasServers }) => `${where}/${namespace}${hasServers ? " (servers)" : ""}`,
    );
  const expected = ["b/nats (servers)", "b/shop", "a/nats (servers)", "a/billing", "a/shop"];
  assert.deepEqual(read(deliveries), expected);
  assert.deepEqual(read(deliveries.toReversed()), expected);
});

test("a platform has the policies of its readers, and a rotator's only while keys are named", () => {
  const regions = { a: region(), b: region("ClusterSecretStore") };
  const { platform, keys: inVault } = platformWith(regions, [delivery("a", "shop"), delivery("b", "shop")]);
  const names = (rotated: string[], more: Partial<VaultKeys> = {}) => [
    ...policiesOf({ ...inVault, ...more }, platform, rotated).keys(),
  ];
  assert.deepEqual(names([]), ["p-minter", "p.a.nats", "p.a.shop", "p.b"]);
  assert.deepEqual(names(["operator"]), ["p-minter", "p-rotator", "p.a.nats", "p.a.shop", "p.b"]);
  assert.ok(names([], { transit: { mount: "t" } }).includes("p-signer"));
});

test("each namespace signs in as its own service account, for what is its own", () => {
  const { platform, keys: inVault } = platformWith(
    {
      a: region("SecretStore", { authMount: "k8s-a", serviceAccount: "eso", audience: "vault.a" }),
      b: region("ClusterSecretStore"),
    },
    [delivery("a", "shop"), delivery("b", "shop")],
  );
  const settingsOf = settingsIn(platform);
  const inA = { mount: "k8s-a", serviceAccount: "eso", audience: "vault.a", ttl: 900 };
  assert.deepEqual(readerRoles(inVault, readersOf(platform), settingsOf), [
    { ...inA, name: "p-nats", namespace: "nats", policies: ["p.a.nats"] },
    { ...inA, name: "p-shop", namespace: "shop", policies: ["p.a.shop"] },
    {
      mount: "kubernetes",
      name: "p.region",
      serviceAccount: "nats-vault",
      namespace: "external-secrets",
      audience: "vault",
      ttl: 900,
      policies: ["p.b"],
    },
  ]);
});

test("two regions in one cluster: a namespace that both deliver to has one role, for both", () => {
  const { platform, keys: inVault } = platformWith({ a: region(), b: region("SecretStore", { name: "b" }) }, [
    delivery("a", "shop"),
    delivery("b", "shop"),
    delivery("b", "billing"),
  ]);
  const settingsOf = settingsIn(platform);
  const roles = readerRoles(inVault, readersOf(platform), settingsOf);
  assert.deepEqual(
    roles.map(({ name, policies }) => [name, ...policies]),
    [
      ["p-nats", "p.a.nats", "p.b.nats"],
      ["p-shop", "p.a.shop", "p.b.shop"],
      ["p-billing", "p.b.billing"],
    ],
  );
});

test("the login asks the issuer in the way that is configured, under the authorities that are", () => {
  const ci = { mount: "jwt", create: true, audiences: ["vault"], claims: { sub: "a" }, userClaim: "sub", ttl: 60 };
  const login = (more: object) => jwtLogin({ ...ci, ...more }, (file) => `text of ${file}`);
  const base = { path: "jwt", type: "jwt" };
  assert.deepEqual(login({ discoveryUrl: "https://a.example" }), {
    ...base,
    oidcDiscoveryUrl: "https://a.example",
    boundIssuer: "https://a.example",
  });
  assert.deepEqual(login({ discoveryUrl: "https://a.example", caFile: "ca.pem", issuer: "a" }), {
    ...base,
    oidcDiscoveryUrl: "https://a.example",
    oidcDiscoveryCaPem: "text of ca.pem",
    boundIssuer: "a",
  });
  assert.deepEqual(login({ jwksUrl: "https://a.example/keys", caFile: "ca.pem", algorithms: ["ES256"] }), {
    ...base,
    jwksUrl: "https://a.example/keys",
    jwksCaPem: "text of ca.pem",
    jwtSupportedAlgs: ["ES256"],
  });
  assert.deepEqual(login({ publicKeys: ["a key"] }), { ...base, jwtValidationPubkeys: ["a key"] });
});

test("a Vault without an audit device is warned about, and one that can't be asked too", async () => {
  const warning = (ask: AskVault) => auditWarning("https://vault.example", ask);
  assert.equal(await warning(() => Promise.resolve({ status: 200, data: { "file/": { type: "file" } } })), undefined);
  assert.match(
    (await warning(() => Promise.resolve({ status: 200, data: {} }))) ?? "",
    /^The Vault at https:\/\/vault\.example has no audit device: .*audit: \{ file:/,
  );
  assert.equal(
    await warning(() => Promise.reject(new Error("Vault refused (403)"))),
    "Whether the Vault at https://vault.example has an audit device can't be told: Vault refused (403)",
  );
  assert.match(
    (await warning(() => Promise.resolve({ status: 404, data: {} }))) ?? "",
    /can't be told: it answered 404$/,
  );
});

/** Path and capabilities of each rule. */
function rulesOf(policy: string): [string, string][] {
  return [...policy.matchAll(/^path "([^"]+)" \{\n {2}capabilities = \[([^\]]*)\]\n\}$/gm)].map(
    ([, path = "", capabilities = ""]) => [path, capabilities.replaceAll('"', "").replaceAll(",", "")],
  );
}

test("a namespace whose Secrets are pushed may write these, and reads even if nothing is delivered to it", () => {
  const platform = parsePlatform({
    operator: { name: "o" },
    keys: { store: "vault", address: "https://vault.example", path: "team/nats" },
    regions: {
      east: {
        target: { render: "deploy/east" },
        externalSecrets: { push: [{ namespace: "glass", secret: "glass-root" }] },
      },
    },
  });
  const found = readersOf(platform);
  assert.deepEqual(found, [
    { region: "east", namespace: "nats", hasServers: true },
    { region: "east", namespace: "glass", hasServers: false, pushes: ["glass-root"] },
  ]);
  const lines = ["data", "metadata"].map(
    (kind) =>
      `path "secret/${kind}/team/nats/pushed/east/glass/glass-root" {\n  capabilities = ["create", "update", "read"]\n}`,
  );
  const [servers = orders, glass = orders] = found;
  for (const line of lines) {
    assert.ok(readerPolicy(keys, glass).includes(line));
    assert.ok(regionReaderPolicy(keys, "east", found).includes(line));
    assert.ok(!readerPolicy(keys, servers).includes(line));
  }
});

test("the minter may read the secrets from which seeds are adopted, for as long as the configuration names them", () => {
  const platformWith = (seedFrom?: string) =>
    parsePlatform({
      operator: { name: "o", ...(seedFrom === undefined ? {} : { seedFrom: `${seedFrom}#operator_seed` }) },
      keys: { store: "vault", address: "https://vault.example", path: "team/nats" },
      accounts: { IOT: seedFrom === undefined ? {} : { seedFrom: `${seedFrom}#iot_account_seed` } },
    });
  const minterOf = (platform: Platform) =>
    policiesOf(platform.keys as VaultKeys, platform, []).get(minterPolicyName("nats-platform")) ?? "";
  const line = `path "secret/data/old/nats" {\n  capabilities = ["read"]\n}`;
  assert.equal(minterOf(platformWith("old/nats")).split(line).length, 2, "once, though two seeds are there");
  assert.equal(minterOf(platformWith()), minterPolicy(keys));
});
