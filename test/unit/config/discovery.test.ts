import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePlatform } from "../../../config/parse.ts";
import { refuses } from "./wrong.ts";

const image = "image: 'registry.example/nats-platform:1'";

const minimal = {
  operator: { name: "o" },
  accounts: { A: { allow: [{ region: "*", namespaces: ["a"] }] } },
  regions: { local: { target: { render: "deploy/local" } } },
};

test("discovery is off until a region has it, and then has everything but its image by default", () => {
  assert.equal(parsePlatform(minimal).regions.local?.discovery, undefined);
  const regions = { local: { ...minimal.regions.local, discovery: { image: "registry.example/d:1" } } };
  assert.deepEqual(parsePlatform({ ...minimal, regions }).regions.local?.discovery, {
    image: "registry.example/d:1",
    labelPrefixes: ["nats-tower.com/nats-tower-", "nats-platform/"],
    defaultInstallation: true,
    takeBackFrom: [],
    rotation: 0,
    resync: 600,
    grace: 60,
    nack: true,
  });
});

test("what regions share of discovery may stand in defaults", () => {
  const platform = parsePlatform({
    ...minimal,
    defaults: { discovery: { image: "registry.example/d:1", resync: "1m" } },
    regions: { local: { ...minimal.regions.local, discovery: { namespace: "a" } } },
  });
  assert.equal(platform.regions.local?.discovery?.resync, 60);
  assert.equal(platform.regions.local.discovery.namespace, "a");
});

test("with keys in the state, External Secrets reads no keys, and its kind of store makes no difference", () => {
  const regions = {
    local: {
      ...minimal.regions.local,
      externalSecrets: { kind: "ClusterSecretStore" },
      discovery: { image: "registry.example/d:1" },
    },
  };
  assert.ok(parsePlatform({ ...minimal, regions }).regions.local?.discovery);
});

refuses([
  [
    "discovery has no image",
    "regions: { local: { discovery: { nack: false } } }",
    "regions.local.discovery.image: found nothing, but an image needs a fixed tag (not latest) or a sha256 digest, such as nats:2.15.2-alpine",
  ],
  [
    "discovery is to hand out an account that does not exist",
    `regions: { local: { discovery: { ${image}, accounts: [SERVICE] } } }`,
    'regions.local.discovery.accounts[0]: found "SERVICE", but this stack has only the accounts SERVICES and SYS; did you mean SERVICES?',
  ],
  [
    "discovery is to hand out an account that nobody there may have",
    `regions: { local: { discovery: { ${image}, accounts: [SERVICES, SYS] } } }`,
    'regions.local.discovery.accounts[1]: found "SYS", but account SYS allows no namespace in region local (accounts.SYS.allow)',
  ],
  [
    "discovery is to sign with keys that can't leave Transit",
    `
keys: { store: vault, address: 'https://vault.example', path: nats, transit: { mount: nats-transit } }
regions: { local: { discovery: { ${image} } } }
`,
    "regions.local.discovery: found discovery, but it signs users in the cluster, and signing keys cannot leave Transit: take out either it or keys.transit",
  ],
  [
    "with keys in Vault, there is no account to hand out",
    `
keys: { store: vault, address: 'https://vault.example', path: nats }
regions: { local: { discovery: { ${image}, accounts: [] } } }
`,
    "regions.local.discovery: found no account to hand out, but External Secrets makes no empty Secret: at least one account's allow list must name region local",
  ],
  [
    "every namespace could read the controller's keys through the region's store",
    `
keys: { store: vault, address: 'https://vault.example', path: nats }
accounts: { SERVICES: { allow: [{ region: local, namespaces: [orders] }] } }
regions: { local: { externalSecrets: { kind: ClusterSecretStore }, discovery: { ${image} } } }
`,
    'regions.local.externalSecrets.kind: found "ClusterSecretStore", but discovery needs the user roots and signing keys of accounts, and through such a store every receiving namespace could read them: set it to SecretStore, or take discovery out',
  ],
  [
    "what was handed out is to be taken back from a pattern",
    `regions: { local: { discovery: { ${image}, takeBackFrom: ["team-*"] } } }`,
    'regions.local.discovery.takeBackFrom[0]: found "team-*", but a name here has at most 63 of a-z, 0-9 and -, and begins and ends with a letter or digit',
  ],
  [
    "an allow entry lists a role that the account does not have",
    "accounts: { SERVICES: { allow: [{ region: local, namespaces: [orders], roles: [worker, admin] }] } }",
    'accounts.SERVICES.allow[0].roles[1]: found "admin", but account SERVICES has only the role worker',
  ],
  [
    "a label prefix has no slash, a rotation is too high, and a resync is none",
    `regions: { local: { discovery: { ${image}, labelPrefixes: [nats], rotation: 70000, resync: 0s } } }`,
    'regions.local.discovery.labelPrefixes[0]: found "nats", but what label keys begin with looks like example.com/ or example.com/nats-',
    'regions.local.discovery.resync: found "0s", but a duration from 1s up is needed here, such as 45s, 2m or 1h30m',
    "regions.local.discovery.rotation: found 70000, but a whole number from 0 to 65535 is needed here",
  ],
  [
    "there is no label prefix",
    `regions: { local: { discovery: { ${image}, labelPrefixes: [] } } }`,
    "regions.local.discovery.labelPrefixes: found an empty list, but at least one of them is needed here",
  ],
  [
    "two regions of one cluster would answer the same labels",
    `
regions:
  a: { target: { context: here }, nats: { namespace: nats-a }, discovery: { ${image}, namespace: orders } }
  b: { target: { context: there, clusterIdentifier: here }, nats: { namespace: nats-b }, discovery: { ${image} } }
`,
    "regions.b.discovery.namespace: found every namespace (the default), but the discovery of region a watches it on the same cluster (here): give each a namespace of its own",
  ],
  [
    "a user is delivered onto the Secret with the controller's keys",
    "accounts: { SERVICES: { users: { orders: { deliver: [{ region: local, namespace: nats, secret: nats-discovery-keys }] } }, allow: [{ region: local, namespaces: [nats] }] } }",
    'accounts.SERVICES.users.orders.deliver[0].secret: found "nats-discovery-keys", but this program has a Secret of that name there for the servers themselves',
  ],
]);
