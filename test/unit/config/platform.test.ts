import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePlatform } from "../../../config/parse.ts";

const gibibyte = 2 ** 30;
const unlimited = {
  connections: -1,
  leafnodes: -1,
  subscriptions: -1,
  payload: -1,
  data: -1,
  imports: -1,
  exports: -1,
};

test("the least that can be written gets every default", () => {
  const platform = parsePlatform({
    operator: { name: "dev" },
    regions: { local: { target: { render: "deploy/local" } } },
  });
  assert.deepEqual(platform, {
    operator: { name: "dev" },
    keys: { store: "state" },
    accounts: { SYS: { limits: unlimited, roles: {}, users: {}, allow: [] } },
    secrets: {
      namePrefix: "glass-",
      deliver: [],
      labels: {},
      existing: [],
      natsNKeys: {},
      natsAuth: {},
      natsJwtAuth: {},
    },
    regions: {
      local: {
        target: { render: "deploy/local", secrets: "deploy/local-secrets" },
        nats: {
          namespace: "nats",
          createNamespace: true,
          image: "nats:2.15.2-alpine",
          replicas: 3,
          clusterDomain: "cluster.local",
          jetstream: { fileStore: { size: 10 * gibibyte }, memoryStore: { size: gibibyte / 2 } },
          resolver: { size: gibibyte },
          resources: { requests: { cpu: "250m", memory: gibibyte }, limits: { memory: 2 * gibibyte } },
          lameDuck: { gracePeriodSeconds: 10, durationSeconds: 30 },
          nodeSelector: {},
          tolerations: [],
        },
        externalSecrets: {
          kind: "SecretStore",
          name: "nats-vault",
          create: true,
          authMount: "kubernetes",
          serviceAccount: "nats-vault",
          storeNamespace: "external-secrets",
          audience: "vault",
          refreshInterval: 900,
          push: [],
        },
        mqttBridges: {},
      },
    },
  });
});

test("an account, a role and a user get their defaults", () => {
  const { accounts } = parsePlatform({
    operator: { name: "dev" },
    accounts: { IOT: { jetstream: { disk: "5Gi" }, roles: { device: { responses: {} } }, users: { phone: {} } } },
  });
  assert.deepEqual(accounts.IOT, {
    jetstream: { disk: 5 * gibibyte, memory: 0, streams: -1, consumers: -1 },
    limits: unlimited,
    roles: {
      device: {
        publish: { allow: [], deny: [">"] },
        subscribe: { allow: [], deny: [">"] },
        responses: { max: 1, ttlSeconds: 120 },
        bearer: false,
        connectionTypes: [],
        limits: { subscriptions: -1, payload: -1, data: -1 },
      },
    },
    users: { phone: { rotation: 0, tags: [], deliver: [] } },
    allow: [],
  });
});

test("a role may do what it says and nothing else, and a deny list alone means everything but", () => {
  const permissions = [
    ["a"],
    [],
    { allow: ["a"], deny: ["b"] },
    { deny: ["b"] },
    { allow: [] },
    { allow: [], deny: ["b"] },
  ];
  const parsed = permissions.map((publish) => {
    const platform = parsePlatform({ operator: { name: "dev" }, accounts: { A: { roles: { r: { publish } } } } });
    return platform.accounts.A?.roles.r?.publish;
  });
  const nothing = { allow: [], deny: [">"] };
  assert.deepEqual(parsed, [
    { allow: ["a"], deny: [] },
    nothing,
    { allow: ["a"], deny: ["b"] },
    { allow: [">"], deny: ["b"] },
    nothing,
    nothing,
  ]);
});

test("unlimited and -1 are the same", () => {
  const { accounts } = parsePlatform({
    operator: { name: "dev" },
    accounts: { A: { jetstream: { disk: "unlimited", memory: -1, streams: "unlimited" } } },
  });
  assert.deepEqual(accounts.A?.jetstream, { disk: -1, memory: -1, streams: -1, consumers: -1 });
});

test("defaults stand under every region and each region has the last word", () => {
  const platform = parsePlatform({
    operator: { name: "dev" },
    defaults: {
      target: { kubeconfig: "clusters.yaml" },
      nats: { replicas: 5, resolver: { size: "2Gi", storageClass: "fast" } },
    },
    regions: {
      a: { target: { context: "a" } },
      b: { target: { context: "b", clusterIdentifier: "blue" }, nats: { replicas: 1, resolver: { size: "3Gi" } } },
    },
  });
  const { a, b } = platform.regions;
  assert.ok(a !== undefined && b !== undefined);
  assert.deepEqual(a.target, { context: "a", clusterIdentifier: "a", kubeconfig: "clusters.yaml" });
  assert.deepEqual(b.target, { context: "b", clusterIdentifier: "blue", kubeconfig: "clusters.yaml" });
  assert.deepEqual([a.nats.replicas, b.nats.replicas], [5, 1]);
  assert.deepEqual(b.nats.resolver, { size: 3 * gibibyte, storageClass: "fast" });
});

test("nothing in a platform can be changed", () => {
  const platform = parsePlatform({
    operator: { name: "dev" },
    regions: { local: { target: { render: "deploy/local" } } },
  });
  const changeable: string[] = [];
  const visit = (value: unknown, path: string) => {
    if (typeof value !== "object" || value === null) return;
    if (!Object.isFrozen(value)) changeable.push(path);
    for (const [key, inner] of Object.entries(value)) visit(inner, `${path}.${key}`);
  };
  visit(platform, "platform");
  assert.deepEqual(changeable, []);
});

test("the input stays as it was, and two readings share nothing with it", () => {
  const input = {
    operator: { name: "dev" },
    defaults: { nats: { replicas: 5 } },
    regions: { a: { target: { render: "deploy/a" } } },
  };
  const before = structuredClone(input);
  assert.deepEqual(parsePlatform(input), parsePlatform(structuredClone(input)));
  assert.deepEqual(input, before);
  assert.ok(!Object.isFrozen(input.operator));
});
