import assert from "node:assert/strict";
import { describe, test, before } from "node:test";
import { controllerImage } from "../../tools/cluster/controller-image.ts";
import { until } from "../../tools/cluster/wait.ts";
import { teamOn, prefixed, type Team } from "./support/asking.ts";
import { controllerObjects, renderDiscovery, type RenderedDiscovery } from "./support/discovery.ts";
import { clusterOfTheseTests } from "./support/running-cluster.ts";

const IMAGE = "registry.example/nats-platform:ring";

const platform = {
  operator: { name: "ring" },
  accounts: {
    SERVICES: {
      roles: { worker: { publish: ["orders.>"], subscribe: ["orders.>", "_INBOX.>"] } },
      allow: [{ region: "ring", namespaces: ["orders"] }],
    },
  },
  regions: { ring: { target: { render: "deploy/ring" }, discovery: { image: IMAGE, grace: "2s" } } },
};

describe("the controller as it is deployed, on a real node", () => {
  const cluster = clusterOfTheseTests({ volumes: 0, images: async () => [await controllerImage(IMAGE)] });
  let rendered: RenderedDiscovery;
  let team: Team;

  before(async () => {
    team = teamOn(cluster());
    rendered = await renderDiscovery(platform);
    for (const name of ["orders", "strangers"]) await team.core.createNamespace({ body: { metadata: { name } } });
    const objects = controllerObjects(rendered);
    for (const isFirst of [true, false]) {
      const items = objects.filter(({ kind }) => (kind === "Namespace") === isFirst);
      const list = JSON.stringify({ apiVersion: "v1", kind: "List", items });
      await cluster().kubectl(["apply", "--server-side", "--validate=strict", "--warnings-as-errors", "-f", "-"], list);
    }
    await rolledOut();
  });

  const logs = () => cluster().kubectl(["logs", "deployment/nats-discovery", "-n", "nats", "--tail=30"]);
  /** Waits until its pod is ready; where that fails, the error holds what is known of why. */
  const rolledOut = async () => {
    try {
      await cluster().kubectl(["rollout", "status", "deployment/nats-discovery", "-n", "nats", "--timeout=180s"]);
    } catch (error) {
      const pods = await cluster().kubectl(["describe", "pods", "-n", "nats"]);
      throw new Error(`${String(error)}\n${pods}\n${await logs().catch(String)}`, { cause: error });
    }
  };

  test("a pod that mounts its Secret starts as soon as the controller has made it", async (context) => {
    const begin = performance.now();
    await team.core.createNamespacedPod({
      namespace: "orders",
      body: {
        metadata: { name: "shop", labels: prefixed({ account: "SERVICES", role: "worker", secret: "shop-nats" }) },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [
            {
              name: "main",
              image: "pause:ring",
              command: [
                "/bin/busybox",
                "sh",
                "-c",
                "grep -q 'NATS USER JWT' /nats/nats.creds && exec /bin/busybox sleep 3600",
              ],
              volumeMounts: [{ name: "nats", mountPath: "/nats" }],
            },
          ],
          volumes: [{ name: "nats", secret: { secretName: "shop-nats" } }],
        },
      },
    });
    const made = until("the Secret is there", () => team.secret("orders", "shop-nats"), { seconds: 120 });
    await made.catch(async (error: unknown) => {
      throw new Error(`${String(error)}\n${await logs()}`);
    });
    context.diagnostic(`the Secret was there after ${(performance.now() - begin).toFixed(0)} ms`);
    await cluster().kubectl(["wait", "pod/shop", "-n", "orders", "--for=condition=Ready", "--timeout=180s"]);
    context.diagnostic(`the pod was ready after ${(performance.now() - begin).toFixed(0)} ms`);
    const { data } = (await team.secret("orders", "shop-nats")) ?? assert.fail();
    assert.equal(data.ACCOUNT_NAME, "SERVICES");
  });

  test("where allow lists name namespaces, its service account may write Secrets in these alone, and list them nowhere", async () => {
    const can = (verb: string, resource: string, namespace: string) =>
      cluster()
        .kubectl(["auth", "can-i", verb, resource, "-n", namespace, "--as=system:serviceaccount:nats:nats-discovery"])
        .then(
          (answer) => answer.trim() === "yes",
          () => false,
        );
    assert.ok(await can("create", "secrets", "orders"));
    assert.ok(await can("watch", "pods", "strangers"));
    assert.ok(await can("patch", "configmaps/nats-discovery-ledger-3", "nats"));
    for (const [verb, resource, namespace] of [
      ["create", "secrets", "strangers"],
      ["get", "secrets/nats-config", "nats"],
      ["list", "secrets", "orders"],
      ["watch", "secrets", "orders"],
      ["delete", "pods", "orders"],
      ["patch", "configmaps/nats-accounts", "nats"],
      ["create", "roles.rbac.authorization.k8s.io", "orders"],
    ] as const)
      assert.ok(!(await can(verb, resource, namespace)), `${verb} ${resource} in ${namespace}`);
  });

  test("a new start of its pod changes no Secret", async () => {
    const before = await team.secret("orders", "shop-nats");
    await cluster().kubectl(["rollout", "restart", "deployment/nats-discovery", "-n", "nats"]);
    await rolledOut();
    const isKnown = async () => (await logs()).includes('"places":1,"held":1');
    await until("it has seen everything", isKnown, { seconds: 120 });
    assert.deepEqual(await team.secret("orders", "shop-nats"), before);
  });

  test("when the pod goes, its Secret goes too", async () => {
    await team.deletePod("orders", "shop");
    const isGone = async () => (await team.secret("orders", "shop-nats")) === undefined;
    await until("the Secret is gone", isGone, { seconds: 120 });
    assert.equal(Object.keys(await team.configMap("nats-discovery-withdrawn")).length, 1);
  });
});
