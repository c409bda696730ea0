import assert from "node:assert/strict";
import { test } from "node:test";
import { merge } from "../../../config/merge.ts";
import { readersOf } from "../../../components/vault/readers.ts";
import { parsePlatform } from "../../../config/parse.ts";
import { manifestsOf, platformOf, runProgram, type Registration } from "../../support/program.ts";

interface Made {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly stringData?: Readonly<Record<string, string>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

const dev = platformOf("dev");
const inVault = { keys: { store: "vault", address: "https://vault.example", path: "nats" } };

const withBridge = (bridge: object, more: object = {}) =>
  merge(merge(dev, more), { regions: { local: { mqttBridges: { mosquitto: bridge } } } });

async function run(platform: unknown): Promise<Registration[]> {
  return runProgram({ stack: "dev", fixed: true, platform });
}

async function madeBy(platform: unknown): Promise<Made[]> {
  const all = manifestsOf(await run(platform)).map(({ manifest }) => manifest as unknown as Made);
  return all.filter(({ metadata: { name, namespace } }) => [name, namespace].includes("mosquitto"));
}

const find = (all: readonly Made[], kind: string) => all.find((it) => it.kind === kind) ?? assert.fail(`no ${kind}`);

function checksumIn(all: readonly Made[]): string {
  const { template } = find(all, "Deployment").spec as {
    template: { metadata: { annotations: Record<string, string> } };
  };
  return template.metadata.annotations["nats-platform/config-checksum"] ?? "";
}

test("the pod rolls when its password or its configuration changes, and for nothing else, wherever the keys are", async () => {
  const before = checksumIn(await madeBy(dev));
  assert.match(before, /^[0-9a-f]{64}$/);
  assert.notEqual(checksumIn(await madeBy(withBridge({ rotation: 1 }))), before);
  assert.notEqual(checksumIn(await madeBy(withBridge({ restartTimeout: "2s" }))), before);
  assert.equal(checksumIn(await madeBy(withBridge({ broker: { service: { type: "NodePort" } } }))), before);
  assert.equal(checksumIn(await madeBy(withBridge({}, inVault))), before);
});

test("with keys in Vault the password is in no manifest and no input: External Secrets puts it into the text", async () => {
  const registrations = await run(withBridge({}, inVault));
  const made = manifestsOf(registrations).map(({ manifest }) => manifest as unknown as Made);
  const secret = made.find(({ metadata, kind }) => kind === "ExternalSecret" && metadata.name === "mosquitto-bridge");
  const { target, data } = secret?.spec as {
    target: { template: { data: Record<string, string> } };
    data: { secretKey: string; remoteRef: { key: string; property: string } }[];
  };
  assert.match(target.template.data["mosquitto.conf"] ?? "", /^remote_password \{\{ \.password \}\}$/m);
  const [value] = data;
  assert.deepEqual(
    [value?.secretKey, value?.remoteRef.key, value?.remoteRef.property],
    ["password", "nats/creds/local/mosquitto/mosquitto-bridge", "password"],
  );
  const bridgeOnly = registrations.filter(({ name }) => name.includes(".mqtt."));
  assert.doesNotMatch(JSON.stringify(bridgeOnly), /eyJ/);
});

test("the bridge's namespace reads Vault, and its user is among those whose credentials were given out", async () => {
  const platform = parsePlatform(withBridge({}, inVault));
  assert.ok(readersOf(platform).some(({ namespace }) => namespace === "mosquitto"));
  const withdrawn = (await run(dev)).find(({ type }) => type.endsWith("nats:Withdrawn"));
  const users = withdrawn?.inputs.users as { account: string; user: string }[];
  assert.ok(users.some(({ account, user }) => account === "IOT" && user === "local-mosquitto"));
});

/** The dev stack with a bridge of a broker that exists. */
function forExisting(more: object = {}): unknown {
  const home = { account: "IOT", role: "mqtt-bridge", topics: { out: ["sensors/#"] }, deploy: false };
  return {
    ...dev,
    ...more,
    regions: { local: { ...(dev.regions as { local: object }).local, mqttBridges: { home } } },
  };
}

test("whoever hands out credentials by labels leaves a bridge's Secret alone", async () => {
  const discovery = { image: "registry.example/nats-platform:1" };
  const all = manifestsOf(await run(merge(dev, { regions: { local: { discovery } } })));
  const settings = all.find(({ manifest }) => manifest.metadata.name === "nats-discovery-settings")?.manifest;
  const { data } = settings as unknown as { data: Record<string, string> };
  const { taken } = JSON.parse(data["settings.json"] ?? "") as { taken: { namespace: string; secret: string }[] };
  assert.ok(taken.some(({ namespace, secret }) => namespace === "mosquitto" && secret === "mosquitto-bridge"));
});

test("for a broker that exists, a Secret is made and nothing else", async () => {
  const ours = await madeBy(forExisting());
  assert.deepEqual(
    ours.map(({ kind, metadata }) => [kind, metadata.name]),
    [["Secret", "home-bridge"]],
  );
  const { "bridge.conf": conf = "", username, bridge_password: password } = ours[0]?.stringData ?? {};
  assert.equal(username, "local-home");
  assert.match(password ?? "", /^eyJ/);
  assert.ok(conf.startsWith("connection home\n") && conf.includes(`remote_password ${String(password)}\n`));
});

test("for a broker that exists, with keys in Vault, External Secrets brings conf, user name and bridge_password", async () => {
  const made = await madeBy(forExisting(inVault));
  const { target, data } = find(made, "ExternalSecret").spec as {
    target: { template: { data: Record<string, string> } };
    data: { secretKey: string; remoteRef: { key: string; property: string } }[];
  };
  const { "bridge.conf": conf = "", ...login } = target.template.data;
  assert.match(conf, /^remote_username local-home\nremote_password \{\{ \.password \}\}$/m);
  assert.deepEqual(login, { username: "local-home", bridge_password: "{{ .password }}" });
  assert.deepEqual(
    data.map(({ secretKey, remoteRef: { key, property } }) => [secretKey, key, property]),
    [["password", "nats/creds/local/mosquitto/home-bridge", "password"]],
  );
  assert.ok(!made.some(({ kind }) => kind === "Secret"));
});

test("the Secret has a checksum, which changes with the password, for whoever restarts a broker that exists", async () => {
  const checksumOf = async (more: object) => {
    const { metadata } = find(await madeBy(merge(forExisting(), more)), "Secret");
    return metadata.annotations?.["nats-platform/checksum"] ?? "";
  };
  const before = await checksumOf({});
  assert.match(before, /^[0-9a-f]{64}$/);
  assert.notEqual(await checksumOf({ regions: { local: { mqttBridges: { home: { rotation: 1 } } } } }), before);
});

test("with persistence it is a StatefulSet whose volume is where Mosquitto keeps its database", async () => {
  const all = await madeBy(withBridge({ broker: { persistence: { size: "2Gi", storageClass: "fast" } } }));
  assert.ok(!all.some(({ kind }) => kind === "Deployment"));
  const text = JSON.stringify(find(all, "StatefulSet").spec);
  assert.match(text, /"mountPath":"\/mosquitto\/data","name":"data"|"name":"data","mountPath":"\/mosquitto\/data"/);
  assert.match(text, /"storage":"2Gi"/);
  assert.match(text, /"storageClassName":"fast"/);
  assert.match(find(all, "Secret").stringData?.["mosquitto.conf"] ?? "", /^persistence_location \/mosquitto\/data\/$/m);
});

test("every file that mosquitto.conf names is mounted, with the key that the configuration says", async () => {
  const bridge = {
    ca: { configMap: "authorities", key: "fullchain.crt" },
    address: { host: "nats.example", port: 8883 },
    broker: {
      passwords: { secret: "users", key: "file" },
      acl: { configMap: "rules" },
      listeners: { mqtt: { tls: { secret: "mqtt-tls" } }, websockets: { tls: { secret: "ws-tls" } } },
    },
  };
  const all = await madeBy(withBridge(bridge));
  const conf = find(all, "Secret").stringData?.["mosquitto.conf"] ?? "";
  const { template } = find(all, "Deployment").spec as {
    template: { spec: { containers: [{ volumeMounts: Mount[] }]; volumes: Volume[] } };
  };
  const volumes = new Map(template.spec.volumes.map((volume) => [volume.name, volume]));
  const files = template.spec.containers[0].volumeMounts.flatMap(({ name, mountPath }) => {
    const source = volumes.get(name)?.secret ?? volumes.get(name)?.configMap;
    return (source?.items?.map(({ path }) => path) ?? ["tls.crt", "tls.key"]).map((path) => `${mountPath}/${path}`);
  });
  const named = [...conf.matchAll(/^\w+file (\S+)$/gm)].map(([, path = ""]) => path);
  assert.equal(named.length, 7);
  assert.deepEqual(
    named.filter((path) => !files.includes(path)),
    [],
  );
  assert.deepEqual(volumes.get("authorities")?.configMap?.items, [{ key: "fullchain.crt", path: "ca.crt" }]);
  assert.deepEqual(volumes.get("passwords")?.secret?.items, [{ key: "file", path: "passwords" }]);
});

interface Mount {
  readonly name: string;
  readonly mountPath: string;
}

interface Items {
  readonly items?: readonly { readonly key: string; readonly path: string }[];
}

interface Volume {
  readonly name: string;
  readonly secret?: Items;
  readonly configMap?: Items;
}

test("only namespaces with the labels come in, and only the servers' MQTT port and DNS are reached", async () => {
  const all = await madeBy(withBridge({ broker: { allowFrom: [{ home: "yes" }] } }));
  const { ingress, egress } = find(all, "NetworkPolicy").spec as { ingress: object[]; egress: object[] };
  assert.deepEqual(ingress, [
    { from: [{ namespaceSelector: { matchLabels: { home: "yes" } } }], ports: [{ protocol: "TCP", port: 1883 }] },
  ]);
  const dns = {
    ports: [
      { protocol: "UDP", port: 53 },
      { protocol: "TCP", port: 53 },
    ],
  };
  const servers = {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "nats" } },
    podSelector: { matchLabels: { "app.kubernetes.io/name": "nats", "app.kubernetes.io/component": "server" } },
  };
  assert.deepEqual(egress, [{ to: [servers], ports: [{ protocol: "TCP", port: 1883 }] }, dns]);
});

test("a namespace is made once, and not at all where it is the servers' or is there", async () => {
  const second = { account: "IOT", role: "mqtt-bridge", topics: { in: ["commands/#"] }, broker: { anonymous: true } };
  const count = async (platform: unknown) => (await madeBy(platform)).filter(({ kind }) => kind === "Namespace").length;
  assert.equal(await count(merge(dev, { regions: { local: { mqttBridges: { second } } } })), 1);
  assert.equal(await count(withBridge({ createNamespace: false })), 0);
});
