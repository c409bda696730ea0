import assert from "node:assert/strict";
import { test } from "node:test";
import type { Manifest } from "../../../cli/local/manifests.ts";
import { certificateOf, podsOf } from "../../../cli/local/pods.ts";
import { Trouble } from "../../../tools/project.ts";
import { manifestsOf, platformOf, runProgram } from "../../support/program.ts";

interface StatefulSet {
  spec: { template: { spec: { containers: Record<string, unknown>[]; volumes: object[] } } };
}

/** What the dev stack is rendered to, with other settings for its servers. */
async function rendered(nats: Record<string, unknown> = {}): Promise<Manifest[]> {
  const platform = structuredClone(platformOf("dev")) as { regions: { local: { nats: Record<string, unknown> } } };
  platform.regions.local.nats = { ...platform.regions.local.nats, ...nats };
  return manifestsOf(await runProgram({ stack: "dev", platform })).map(({ path, manifest }) => {
    const metadata = { labels: {}, ...manifest.metadata };
    return { ...manifest, metadata, file: path } as Manifest;
  });
}

/** The pod in the servers' StatefulSet, to be changed. */
function podIn(manifests: readonly Manifest[]): StatefulSet["spec"]["template"]["spec"] {
  const found = manifests.find(({ kind }) => kind === "StatefulSet") ?? assert.fail("no StatefulSet");
  return (found as unknown as StatefulSet).spec.template.spec;
}

const withTls = { tls: { secret: "nats-tls" }, mqtt: { tls: { secret: "nats-tls" } } };

function secret(fields: object, namespace = "nats"): Manifest {
  return { kind: "Secret", metadata: { name: "nats-tls", namespace, labels: {} }, ...fields, file: "tls.yaml" };
}

function failsWith(manifests: readonly Manifest[], message: RegExp): void {
  assert.throws(
    () => podsOf(manifests),
    (error) => error instanceof Trouble && message.test(error.message),
  );
}

test("what stands beside the server in its pod, and other workloads, are left out", async () => {
  const manifests = await rendered();
  const plain = podsOf(manifests);
  const pod = podIn(manifests);
  pod.containers.unshift({ name: "exporter", image: "exporter", ports: [{ name: "metrics", containerPort: 7777 }] });
  pod.volumes.push({ name: "exporter", downwardAPI: {} });
  const other = structuredClone(manifests.find(({ kind }) => kind === "StatefulSet")) ?? assert.fail();
  other.metadata.labels = { "app.kubernetes.io/name": "mosquitto" };
  const found = podsOf([other, ...manifests]);
  assert.deepEqual({ ...found, environmentOf: plain.environmentOf }, plain);
});

test("a server with what nobody has taught us to run is refused, and the place is named", async () => {
  const manifests = await rendered();
  const container = podIn(manifests).containers[0] ?? assert.fail("no container");
  container.ports = [{ name: "websocket", containerPort: 8080 }];
  failsWith(
    manifests,
    /^deploy\/.*: this StatefulSet holds what can't be run locally:\n[^]*spec\.template\.spec\.containers\[0\]\.ports\[0\]\.name/,
  );
  container.name = "server";
  failsWith(manifests, /found no container named nats/);
});

test("a volume of a kind that is unknown here is refused where the server mounts it", async () => {
  const manifests = await rendered();
  const pod = podIn(manifests);
  pod.volumes = [{ name: "config", hostPath: { path: "/etc" } }];
  failsWith(manifests, /can't be run locally:\n[^]*spec\.template\.spec\.volumes\[0\]/);
});

test("certificates come from a Secret that somebody put beside the rendered ones, in plain text or in base64", async () => {
  const manifests = await rendered(withTls);
  const certificate = { "tls.crt": "certificate", "tls.key": "key", "ca.crt": "authority" };
  const base64 = Object.entries(certificate).map(([name, text]) => [name, Buffer.from(text).toString("base64")]);
  for (const fields of [{ stringData: certificate }, { data: Object.fromEntries(base64) as object }]) {
    const pods = podsOf([...manifests, secret(fields)]);
    assert.deepEqual(certificateOf(pods, "client")?.files, certificate);
    assert.deepEqual(certificateOf(pods, "mqtt")?.files, certificate);
    assert.equal(pods.ports.mqtt, 1883);
  }
});

test("a Secret without which the servers have no certificate is named, with what can be done", async () => {
  const manifests = await rendered(withTls);
  const remedy = /put its manifest into the region's folder of Secrets, or take nats\.tls and nats\.mqtt\.tls out/;
  failsWith(
    manifests,
    /^found no Secret nats\/nats-tls among the manifests, but the servers have their certificate in/,
  );
  failsWith(manifests, remedy);
  const whole = { stringData: { "tls.crt": "certificate", "tls.key": "key" } };
  failsWith([...manifests, secret(whole, "elsewhere")], /^found no Secret nats\/nats-tls/);
  failsWith([...manifests, secret({ stringData: { "tls.crt": "x" } })], /^found no tls\.key in Secret nats-tls/);
});

test("without certificates and MQTT there is neither", async () => {
  const pods = podsOf(await rendered({ mqtt: undefined }));
  assert.deepEqual([certificateOf(pods, "client"), certificateOf(pods, "mqtt")], [undefined, undefined]);
  assert.equal(pods.ports.mqtt, undefined);
});
