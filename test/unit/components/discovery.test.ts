import assert from "node:assert/strict";
import { test } from "node:test";
import { accessOf } from "../../../components/discovery/access.ts";
import { exactNamespaces, handedOut, issuerKeyNames } from "../../../components/discovery/accounts.ts";
import { ledgerNames, withdrawnNames } from "../../../components/discovery/names.ts";
import type { ControllerSettings } from "../../../components/discovery/settings.ts";
import { readerPolicy } from "../../../components/vault/policies.ts";
import { readersOf } from "../../../components/vault/readers.ts";
import { issuersOf } from "../../../cli/discover/issuers.ts";
import { parsePlatform } from "../../../config/load.ts";
import type { ControllerKeys } from "../../../components/discovery/settings.ts";
import { manifestsOf, runProgram } from "../../support/program.ts";

const discovery = { image: "registry.example/nats-platform:1" };
const role = { publish: ["a.>"], subscribe: ["a.>"] };

function platformWith(parts: { discovery?: object; keys?: object; allow?: object[] } = {}) {
  return {
    operator: { name: "o" },
    ...(parts.keys === undefined ? {} : { keys: parts.keys }),
    accounts: {
      SYS: { allow: [{ region: "*", namespaces: ["*"] }] },
      "my_app-1": {
        roles: { reader: role, "read-write": role },
        users: { one: { role: "reader", deliver: [{ region: "east", namespace: "orders", secret: "one" }] } },
        allow: parts.allow ?? [
          { region: "e*", namespaces: ["orders", "team-*"] },
          { region: "east", namespaces: ["limited"], roles: ["reader"] },
          { region: "west", namespaces: ["far"] },
        ],
      },
      ELSEWHERE: { allow: [{ region: "west", namespaces: ["*"] }] },
    },
    regions: {
      east: { target: { render: "deploy/east" }, discovery: { ...discovery, ...parts.discovery } },
      west: { target: { render: "deploy/west" } },
    },
  };
}

const vault = { store: "vault", address: "https://vault.example", path: "nats" };

interface Made {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly rules?: unknown;
}

async function madeBy(platform: object): Promise<Made[]> {
  const all = manifestsOf(await runProgram({ stack: "dev", fixed: true, platform }));
  return all.map(({ manifest }) => manifest as unknown as Made);
}

const named = (all: readonly Made[], name: string) => {
  const found = all.find(({ metadata }) => metadata.name === name);
  assert.ok(found, `there is no ${name}`);
  return found;
};
const settingsIn = (all: readonly Made[]) =>
  JSON.parse(named(all, "nats-discovery-settings").data?.["settings.json"] ?? "") as ControllerSettings;
const checksumIn = (all: readonly Made[]) => {
  const { template } = podOf(all) as { template: { metadata: { annotations: Record<string, string> } } };
  const checksum = template.metadata.annotations["nats-platform/config-checksum"] ?? "";
  assert.match(checksum, /^[0-9a-f]{64}$/);
  return checksum;
};
const podOf = (all: readonly Made[]) => all.find(({ kind }) => kind === "Deployment")?.spec ?? {};

test("a region without discovery has nothing of it", async () => {
  const platform = platformWith();
  const { discovery: _, ...east } = platform.regions.east;
  const all = await madeBy({ ...platform, regions: { ...platform.regions, east } });
  assert.deepEqual(
    all.filter(({ metadata }) => metadata.name.includes("discovery")),
    [],
  );
});

test("the accounts that may be handed out: those whose allow list names the region, and SYS only where it is listed", () => {
  const { accounts, regions } = parsePlatform(platformWith());
  assert.ok(regions.east?.discovery);
  const [account, ...others] = handedOut("east", regions.east.discovery, accounts);
  assert.deepEqual(others, []);
  assert.deepEqual(account, {
    name: "my_app-1",
    allow: [{ namespaces: ["orders", "team-*"] }, { namespaces: ["limited"], roles: ["reader"] }],
    roles: ["read-write", "reader"],
    users: ["one"],
  });
  const names = (accountsListed?: string[]) =>
    handedOut("east", accountsListed === undefined ? {} : { accounts: accountsListed }, accounts).map(
      ({ name }) => name,
    );
  assert.deepEqual(names(["SYS"]), ["SYS"]);
  assert.deepEqual(names([]), []);
  assert.equal(exactNamespaces([account]), undefined);
});

test("what the controller is told is complete, and the keys beside it are the ones that it names", async () => {
  const deliver = [{ region: "east", namespace: "orders" }];
  const secrets = { deliver, natsAuth: { policy: { secretName: "policy", generate: true } } };
  const all = await madeBy({ ...platformWith(), secrets });
  const settings = settingsIn(all);
  assert.equal(settings.region, "east");
  assert.equal(settings.home, "nats");
  assert.equal(settings.url, "nats://nats.nats.svc.cluster.local:4222");
  assert.match(settings.operator, /^O[A-Z2-7]{55}$/);
  assert.deepEqual(Object.keys(settings.accounts), ["my_app-1"]);
  assert.deepEqual(
    settings.taken.map(({ namespace, secret }) => `${namespace}/${secret}`),
    ["orders/one", "orders/policy", "nats/nats-config", "nats/nats-credentials", "nats/nats-discovery-keys"],
  );
  const keys = JSON.parse(named(all, "nats-discovery-keys").stringData?.["keys.json"] ?? "") as ControllerKeys;
  // Throws where a key is not the one that the settings name.
  const issue = issuersOf(settings, keys);
  const wish = { account: "my_app-1", role: "read-write", isDefaultInstallation: true };
  assert.match(issue({ namespace: "orders", secret: "x" }, wish, 0).publicKey, /^U/);
});

test("nothing but the Secret with the keys holds one, and with keys in Vault nothing does", async () => {
  for (const keys of [undefined, vault]) {
    const all = await madeBy(platformWith(keys === undefined ? {} : { keys }));
    const secrets = all.filter(({ kind }) => kind === "Secret").map(({ metadata }) => metadata.name);
    if (keys === vault) assert.deepEqual(secrets, []);
    else assert.ok(secrets.includes("nats-discovery-keys"));
    const others = JSON.stringify(all.filter(({ kind }) => kind !== "Secret"));
    assert.doesNotMatch(others, /\bS[AOU][A-Z2-7]{56}\b/);
  }
});

test("with keys in Vault, External Secrets makes the same text of every key, and its policy lets it read them", async () => {
  const platform = platformWith({ keys: vault });
  const all = await madeBy(platform);
  const external = named(all, "nats-discovery-keys");
  assert.equal(external.kind, "ExternalSecret");
  const spec = external.spec as {
    target: { template: { data: Record<string, string> } };
    data: { secretKey: string; remoteRef: { key: string; property: string } }[];
  };
  const read = Object.fromEntries(spec.data.map(({ secretKey, remoteRef }) => [secretKey, remoteRef.key]));
  const filled = (spec.target.template.data["keys.json"] ?? "").replace(
    /\{\{ \.(\w+) \}\}/g,
    (_, name: string) => read[name] ?? "",
  );
  assert.deepEqual(JSON.parse(filled), {
    accounts: {
      "my_app-1": {
        root: "nats/keys/account.my_app-1.users",
        signing: "nats/keys/account.my_app-1.signing",
        roles: {
          reader: "nats/keys/account.my_app-1.role.reader",
          "read-write": "nats/keys/account.my_app-1.role.read-write",
        },
      },
    },
  });
  const { keys, ...parsed } = parsePlatform(platform);
  assert.ok(keys.store === "vault");
  const reader = readersOf(parsed).find(({ region, hasServers }) => region === "east" && hasServers);
  assert.ok(reader);
  const policy = readerPolicy(keys, reader);
  for (const key of Object.values(read)) assert.ok(policy.includes(`"secret/data/${key}"`), key);
  const elsewhere = readersOf(parsed).filter(({ region, hasServers }) => region !== "east" || !hasServers);
  assert.ok(elsewhere.length > 1 && elsewhere.every(({ issuers }) => issuers === undefined));
});

test("a change of settings or of a key starts the controller anew; the store of the keys makes no difference", async () => {
  const before = checksumIn(await madeBy(platformWith()));
  assert.equal(checksumIn(await madeBy(platformWith())), before);
  assert.notEqual(checksumIn(await madeBy(platformWith({ discovery: { rotation: 1 } }))), before);
  assert.equal(checksumIn(await madeBy(platformWith({ keys: vault }))), before);
});

const rights = (access: ReturnType<typeof accessOf>) =>
  access.flatMap(({ namespace = "everywhere", rules }) =>
    rules.flatMap(({ resources, verbs, resourceNames }) =>
      resources.map((it) => `${namespace}: ${it} ${verbs.join()}${resourceNames === undefined ? "" : " by name"}`),
    ),
  );
const base = { region: "east", home: "nats", nack: true };

test("no right has a wildcard; Secrets are never listed or watched; records are by name", () => {
  const places = [{}, { namespace: "a" }, { receiving: ["a"], takeBackFrom: ["c"] }, { receiving: [] }];
  const all = places.flatMap((it) => accessOf({ ...base, ...it }));
  for (const { rules } of all) {
    for (const { apiGroups, resources, verbs, resourceNames } of rules) {
      assert.ok([...apiGroups, ...resources, ...verbs].every((it) => !it.includes("*")));
      if (resources.includes("secrets")) {
        const others = verbs.filter((it) => !["get", "create", "update", "delete"].includes(it));
        assert.deepEqual(others, []);
      }
      if (resources.includes("configmaps")) assert.deepEqual(resourceNames, [...ledgerNames, ...withdrawnNames]);
    }
  }
});

test("with a pattern, Secrets may be written everywhere; with names alone, only there; with a namespace, all is in it", () => {
  assert.deepEqual(rights(accessOf(base)), [
    "nats: configmaps get,patch by name",
    "everywhere: pods list,watch",
    "everywhere: accounts list,watch",
    "everywhere: events create,patch",
    "everywhere: secrets get,create,update,delete",
  ]);
  assert.deepEqual(rights(accessOf({ ...base, nack: false, receiving: ["a", "b"] })), [
    "nats: configmaps get,patch by name",
    "everywhere: pods list,watch",
    "everywhere: events create,patch",
    "a: secrets get,create,update,delete",
    "b: secrets get,create,update,delete",
  ]);
  assert.deepEqual(rights(accessOf({ ...base, namespace: "a", receiving: ["b"] })), [
    "nats: configmaps get,patch by name",
    "a: pods list,watch",
    "a: accounts list,watch",
    "a: events create,patch",
    "a: secrets get,create,update,delete",
  ]);
});

test("with nothing to hand out, what was handed out can be taken back: everywhere, or where it is said to be", () => {
  const watches = [
    "nats: configmaps get,patch by name",
    "everywhere: pods list,watch",
    "everywhere: events create,patch",
  ];
  const nothing = { ...base, nack: false, receiving: [] };
  assert.deepEqual(rights(accessOf(nothing)), [...watches, "everywhere: secrets get,delete"]);
  assert.deepEqual(rights(accessOf({ ...nothing, takeBackFrom: ["a"] })), [...watches, "a: secrets get,delete"]);
});

test("where nothing is received any more, what was handed out can be taken back, and nothing else be done", () => {
  const leaving = { ...base, nack: false, takeBackFrom: ["a", "old", "old"] };
  const onSecrets = (access: ReturnType<typeof accessOf>) => rights(access).filter((it) => it.includes("secrets"));
  const all = "secrets get,create,update,delete";
  const old = "old: secrets get,delete";
  assert.deepEqual(onSecrets(accessOf({ ...leaving, receiving: ["a"] })), [`a: ${all}`, old]);
  assert.deepEqual(onSecrets(accessOf({ ...leaving, namespace: "a", receiving: ["b"] })), [`a: ${all}`, old]);
  assert.deepEqual(onSecrets(accessOf(leaving)), [`everywhere: ${all}`]);
});

test("switched off with accounts: [], the controller has a role to take back with", async () => {
  const exact = [{ region: "east", namespaces: ["orders"] }];
  const all = await madeBy(platformWith({ discovery: { accounts: [] }, allow: exact }));
  const everywhere = all.find(({ kind }) => kind === "ClusterRole");
  const rule = { apiGroups: [""], resources: ["secrets"], verbs: ["get", "delete"] };
  assert.deepEqual((everywhere?.rules as object[]).at(-1), rule);
  const only = await madeBy(platformWith({ discovery: { accounts: [], takeBackFrom: ["orders"] }, allow: exact }));
  const there = only.find(({ kind, metadata }) => kind === "Role" && metadata.namespace === "orders");
  assert.deepEqual(there?.rules, [rule]);
});

test("roles are bound to the controller alone, and one for all namespaces is a ClusterRole", async () => {
  const all = await madeBy(platformWith());
  const kinds = (made: readonly Made[]) =>
    made
      .filter(({ kind }) => kind.includes("Role"))
      .map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? "-"}/${metadata.name}`)
      .sort();
  assert.deepEqual(kinds(all), [
    "ClusterRole -/nats-discovery-east",
    "ClusterRoleBinding -/nats-discovery-east",
    "Role nats/nats-discovery",
    "RoleBinding nats/nats-discovery",
  ]);
  const exact = await madeBy(platformWith({ allow: [{ region: "*", namespaces: ["orders", "limited"] }] }));
  assert.deepEqual(
    kinds(exact).filter((it) => it.startsWith("Role ")),
    ["Role limited/nats-discovery-east", "Role nats/nats-discovery", "Role orders/nats-discovery-east"],
  );
  for (const made of [...all, ...exact].filter(({ kind }) => kind.endsWith("Binding"))) {
    const { subjects } = made as unknown as { subjects: object[] };
    assert.deepEqual(subjects, [{ kind: "ServiceAccount", name: "nats-discovery", namespace: "nats" }]);
  }
});

test("the records are made without content, so that no update takes away what the controller wrote", async () => {
  const all = await madeBy(platformWith());
  for (const name of [...ledgerNames, ...withdrawnNames]) assert.equal(named(all, name).data, undefined);
});

test("in a cluster the records stay when nothing makes them any more, and nothing else does; a rendered file goes", async () => {
  const platform = platformWith();
  const retainedBy = async (target: object) => {
    const regions = { ...platform.regions, east: { ...platform.regions.east, target } };
    const made = await runProgram({ stack: "dev", fixed: true, platform: { ...platform, regions } });
    return made.filter(({ retained }) => retained).map(({ name }) => name);
  };
  const records = [...ledgerNames, ...withdrawnNames].map((name) => `east.${name}`);
  assert.deepEqual((await retainedBy({ context: "east" })).sort(), records.sort());
  assert.deepEqual(await retainedBy({ render: "deploy/east" }), []);
});

test("one controller at a time, without privileges, and ready only when it knows everything", async () => {
  const spec = podOf(await madeBy(platformWith())) as {
    replicas: number;
    strategy: { type: string };
    template: {
      spec: {
        securityContext: object;
        containers: { image: string; securityContext: object; readinessProbe: { httpGet: { path: string } } }[];
      };
    };
  };
  assert.deepEqual([spec.replicas, spec.strategy.type], [1, "Recreate"]);
  const [container] = spec.template.spec.containers;
  assert.equal(container?.image, discovery.image);
  assert.equal(container.readinessProbe.httpGet.path, "/readyz");
  assert.deepEqual(container.securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  });
  assert.match(JSON.stringify(spec.template.spec.securityContext), /"runAsNonRoot":true.*"RuntimeDefault"/);
});

test("the keys that the controller has: the user root, the plain signing key, and the roles'", () => {
  assert.deepEqual(issuerKeyNames([{ name: "A", allow: [], roles: ["r"], users: [] }]), [
    "account.A.users",
    "account.A.signing",
    "account.A.role.r",
  ]);
});
