import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { merge } from "../../config/merge.ts";
import { until } from "../../tools/cluster/wait.ts";
import { manifestsOf, platformOf, runProgram } from "../support/program.ts";
import { startControlPlane, type ControlPlane } from "./support/control-plane.ts";
import { hasServiceAccount } from "./support/objects.ts";

let cluster: ControlPlane;

before(async () => {
  cluster = await startControlPlane({ hasControllers: true });
});
after(() => cluster.stop());

/** The objects of bridges, in the order in which they are to be applied. */
async function objects(): Promise<{ kind: string; metadata: { name: string; namespace?: string } }[]> {
  const topics = { in: ["commands/#"] };
  const kept = {
    ...{ account: "IOT", role: "mqtt-bridge", topics },
    ca: { configMap: "authorities" },
    address: { host: "nats.example" },
    broker: {
      passwords: { secret: "users" },
      acl: { secret: "acl" },
      persistence: { size: "1Gi" },
      listeners: { mqtt: { tls: { secret: "tls" } }, websockets: {} },
      service: { type: "LoadBalancer", annotations: { "example.com/pool": "home" } },
    },
  };
  const platform = merge(platformOf("dev"), { regions: { local: { mqttBridges: { kept } } } });
  const all = manifestsOf(await runProgram({ stack: "dev", fixed: true, platform })).sort((a, b) =>
    a.path < b.path ? -1 : 1,
  );
  return all
    .map(({ manifest }) => manifest as unknown as { kind: string; metadata: { name: string; namespace?: string } })
    .filter(({ metadata: { name, namespace } }) => namespace === "mosquitto" || name === "mosquitto");
}

test("an API server takes every object of a bridge without a warning, in a namespace that is restricted", async () => {
  const made = await objects();
  const kinds = new Set(made.map(({ kind }) => kind));
  for (const kind of [
    "Namespace",
    "Secret",
    "Service",
    "NetworkPolicy",
    "PodDisruptionBudget",
    "Deployment",
    "StatefulSet",
  ])
    assert.ok(kinds.has(kind), kind);
  await cluster.apply(...made.filter(({ kind }) => kind === "Namespace"));
  await cluster.apply(...made.filter(({ kind }) => kind !== "Namespace"));
  await hasServiceAccount("mosquitto", (...args) => cluster.kubectl(...args));
});

test("its pods are admitted there, and would not be with a container that may become more", async () => {
  const pods = (await objects())
    .filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet")
    .map((workload) => {
      const { template } = (workload as unknown as { spec: { template: { metadata: object; spec: Spec } } }).spec;
      const metadata = { ...template.metadata, name: workload.metadata.name, namespace: "mosquitto" };
      // The volume of a StatefulSet is claimed by its controller.
      const data = { name: "data", persistentVolumeClaim: { claimName: "data" } };
      const volumes = [...template.spec.volumes, ...(workload.kind === "StatefulSet" ? [data] : [])];
      return { apiVersion: "v1", kind: "Pod", metadata, spec: { ...template.spec, volumes } };
    });
  assert.equal(pods.length, 2);
  await cluster.apply(...pods);
  const [pod] = pods;
  assert.ok(pod);
  const containers = pod.spec.containers.map((container) => ({ ...container, securityContext: {} }));
  const free = { ...pod, metadata: { ...pod.metadata, name: "free" }, spec: { ...pod.spec, containers } };
  await assert.rejects(cluster.apply(free), /violates PodSecurity "restricted/);
});

// There is no node: the pod stays as it is that waits for a configuration which has been replaced meanwhile.
test("a broker with a volume whose pod never became ready is made anew when its configuration changes", async () => {
  const made = (await objects()).find(({ kind }) => kind === "StatefulSet") as unknown as Workload;
  const { template } = made.spec;
  const next = { annotations: { "nats-platform/config-checksum": "next" }, labels: template.metadata.labels };
  const changed = { ...made, spec: { ...made.spec, template: { ...template, metadata: next } } };
  const pod = ["get", "pod", "-n", "mosquitto", `${made.metadata.name}-0`, "--ignore-not-found", "-o"];
  const checksum = () => cluster.kubectl(...pod, "jsonpath={.metadata.annotations.nats-platform/config-checksum}");
  await until("there is a pod", async () => (await checksum()) !== "", { seconds: 90 });
  assert.notEqual(await checksum(), "next");
  await cluster.apply(changed);
  await until("the pod is of the new configuration", async () => (await checksum()) === "next", { seconds: 90 });
});

interface Workload {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly template: { readonly metadata: { readonly labels: object } } };
}

interface Spec {
  readonly containers: readonly object[];
  readonly volumes: readonly object[];
}
