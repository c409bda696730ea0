import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fileStoreLimit } from "../../../components/cluster/index.ts";
import { preloadedAccounts } from "../../../components/cluster/preload.ts";
import { quantity } from "../../../components/cluster/quantity.ts";
import { goMemoryLimitMiB, terminationGraceSeconds } from "../../../components/cluster/stateful-set.ts";
import type { PublicNkey } from "../../../nats/nkeys.ts";
import { manifestsOf, platformOf, runProgram, type Registration } from "../../support/program.ts";

interface Platform {
  regions: Record<string, { target: object; nats: Record<string, unknown> }>;
}

/** The dev stack with other settings for its servers. */
async function withServers(nats: Record<string, unknown>): Promise<Registration[]> {
  const platform = platformOf("dev") as unknown as Platform;
  const { local } = platform.regions;
  assert.ok(local);
  return runProgram({
    stack: "dev",
    fixed: true,
    platform: { ...platform, regions: { local: { ...local, nats: { ...local.nats, ...nats } } } },
  });
}

function manifest(registrations: readonly Registration[], kind: string, name: string): string {
  const found = manifestsOf(registrations).find(
    ({ manifest: { kind: k, metadata } }) => k === kind && metadata.name === name,
  );
  return found === undefined ? "" : JSON.stringify(found.manifest);
}

function checksum(registrations: readonly Registration[]): string {
  return /"nats-platform\/config-checksum":"(\w{64})"/.exec(manifest(registrations, "StatefulSet", "nats"))?.[1] ?? "";
}

test("a change of the servers' configuration restarts them, a change of an account does not", async () => {
  const before = await withServers({});
  const longer = await withServers({ lameDuck: { gracePeriod: "2s", duration: "40s" } });
  assert.notEqual(checksum(longer), checksum(before));
  const platform = platformOf("dev") as { accounts: { IOT: object } };
  const accounts = { ...platform.accounts, IOT: { ...platform.accounts.IOT, limits: { connections: 7 } } };
  const limited = await runProgram({ stack: "dev", fixed: true, platform: { ...platform, accounts } });
  assert.equal(checksum(limited), checksum(before));
  assert.notEqual(manifest(limited, "ConfigMap", "nats-accounts"), manifest(before, "ConfigMap", "nats-accounts"));
});

test("a single server has no cluster, no routes and no disruption budget, which would forbid to drain its node", async () => {
  const single = await withServers({ replicas: 1 });
  assert.doesNotMatch(manifest(single, "Secret", "nats-config"), /cluster|nats:\/\//);
  assert.equal(manifest(single, "PodDisruptionBudget", "nats"), "");
});

test("the hash in the pod template is not secret, the configuration is", async () => {
  const registrations = await runProgram({ stack: "dev" });
  const secretsOf = (name: string) =>
    registrations.find((found) => found.name === name && "path" in found.inputs)?.secrets;
  assert.deepEqual(secretsOf("local.servers"), []);
  assert.deepEqual(secretsOf("local.nats-config"), ["manifest"]);
});

test("the namespace is left to others where the stack says so", async () => {
  assert.equal(manifest(await withServers({ createNamespace: false }), "Namespace", "nats"), "");
});

interface StatefulSet {
  spec: {
    template: {
      spec: {
        volumes: { name: string; secret?: { secretName: string; defaultMode: number } }[];
        containers: [{ volumeMounts: { name: string; mountPath: string }[]; ports: { name: string }[] }];
      };
    };
  };
}

/** The Secrets that are mounted below the certificates' folder, by what is below it, and how many volumes there are of them. */
function certificatesOf(registrations: readonly Registration[]) {
  const { volumes, containers } = (JSON.parse(manifest(registrations, "StatefulSet", "nats")) as StatefulSet).spec
    .template.spec;
  const secrets = new Map(
    volumes.flatMap(({ name, secret }) => (secret === undefined ? [] : [[name, secret] as const])),
  );
  const folder = "/etc/nats-certificates/";
  const mounted = containers[0].volumeMounts
    .filter(({ mountPath }) => mountPath.startsWith(folder))
    .map(({ name, mountPath }) => [mountPath.slice(folder.length), secrets.get(name)?.secretName]);
  const modes = [...secrets.values()].map(({ defaultMode }) => defaultMode);
  return { mounted: Object.fromEntries(mounted) as Record<string, string>, modes };
}

test("each listener finds its certificate in a folder of its own, which the servers' group can read", async () => {
  const apart = await withServers({ tls: { secret: "nats-tls" }, mqtt: { tls: { secret: "mqtt-tls" } } });
  assert.deepEqual(certificatesOf(apart), { mounted: { client: "nats-tls", mqtt: "mqtt-tls" }, modes: [0o440, 0o440] });
  const together = await withServers({ tls: { secret: "one" }, mqtt: { tls: { secret: "one" } } });
  assert.deepEqual(certificatesOf(together), { mounted: { client: "one", mqtt: "one" }, modes: [0o440] });
  const mqttAlone = await withServers({ mqtt: { tls: { secret: "mqtt-tls" } } });
  assert.deepEqual(certificatesOf(mqttAlone), { mounted: { mqtt: "mqtt-tls" }, modes: [0o440] });
  assert.deepEqual(certificatesOf(await withServers({})), { mounted: {}, modes: [] });
});

test("workloads are told the address that the servers' listeners have", async () => {
  const urlOf = (registrations: readonly Registration[]) =>
    /"URLS":"([^"]+)"/.exec(manifest(registrations, "Secret", "orders-nats"))?.[1];
  assert.equal(urlOf(await withServers({})), "nats://nats.nats.svc.cluster.local:4222");
  assert.equal(urlOf(await withServers({ tls: { secret: "nats-tls" } })), "tls://nats.nats.svc.cluster.local:4222");
});

test("MQTT has a port where it is on, and none where it is not", async () => {
  const on = await withServers({ mqtt: { port: 8883 } });
  for (const [kind, name] of [
    ["StatefulSet", "nats"],
    ["Service", "nats"],
    ["Service", "nats-headless"],
  ] as const) {
    assert.match(
      manifest(on, kind, name),
      /"containerPort":8883,"name":"mqtt"|"name":"mqtt","(containerPort|port)":8883/,
      `${kind} ${name}`,
    );
    assert.doesNotMatch(manifest(await withServers({ mqtt: undefined }), kind, name), /mqtt/, `${kind} ${name}`);
  }
  assert.doesNotMatch(manifest(await withServers({ mqtt: undefined }), "Secret", "nats-config"), /mqtt/);
});

test("the system account is preloaded even where no other account has room", () => {
  const account = (name: string) => name.padEnd(56, "A") as PublicNkey;
  const accounts = {
    [account("AS")]: "s".repeat(1000),
    [account("AB")]: "b".repeat(899_000),
    [account("AC")]: "c".repeat(10),
  };
  assert.deepEqual(Object.keys(preloadedAccounts(accounts, account("AS"))), [account("AS"), account("AC")]);
});

test("every account is preloaded as long as a Secret holds them", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 1, maxLength: 100 }), (sizes) => {
      const entries = sizes.map((size, index) => [`A${String(index)}` as PublicNkey, "x".repeat(size)] as const);
      const accounts = Object.fromEntries(entries) as Record<PublicNkey, string>;
      assert.deepEqual(preloadedAccounts(accounts, "A0" as PublicNkey), accounts);
    }),
  );
});

test("a quantity states its bytes exactly, and no unit could be larger", () => {
  const units: Record<string, number> = { "": 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.constantFrom(...Object.keys(units)), (count, unit) => {
      const bytes = count * (units[unit] ?? 0);
      const [, number = "", found = ""] = /^(\d+)(\w*)$/.exec(quantity(bytes)) ?? [];
      assert.equal(Number(number) * (units[found] ?? 0), bytes);
      assert.ok(found === "Ti" || Number(number) % 1024 !== 0);
    }),
  );
});

test("a server leaves room: Go's memory below the container's, JetStream's files below the volume's", () => {
  assert.equal(goMemoryLimitMiB(2 * 2 ** 30), 1843);
  assert.equal(fileStoreLimit(1000), 950);
  assert.equal(terminationGraceSeconds({ gracePeriodSeconds: 10, durationSeconds: 30 }), 60);
});
