import assert from "node:assert/strict";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { jetstream } from "@nats-io/jetstream";
import { parseCreds } from "../../nats/creds.ts";
import { volumesUsed } from "../../nats/alerts/series.ts";
import { decodeJwt } from "../../nats/jwt.ts";
import { controllerImage } from "../../tools/cluster/controller-image.ts";
import { until } from "../../tools/cluster/wait.ts";
import { assertQuiet, previewedChanges } from "../engine/support/changes.ts";
import { configure } from "../engine/support/configuration.ts";
import { pulumi, up, type ProjectCopy } from "../engine/support/project-copy.ts";
import { provoke } from "../servers/support/provoked.ts";
import { rulesOf, scaled } from "../servers/support/scaled-rules.ts";
import { devContext } from "../servers/support/watched-region.ts";
import { appliedCopy, WORKLOADS } from "./support/applied-copy.ts";
import { connectTo, connectWith, lookUp, makeStream, metaLeader } from "./support/clients.ts";
import { placeIn } from "./support/external-secrets.ts";
import { defineMonitoringKinds } from "./support/monitoring.ts";
import { folderOfClaim, makeNamespaces, secretContent, serverPods } from "./support/objects.ts";
import { watchKubelet } from "./support/kubelet.ts";
import { clusterOfTheseTests } from "./support/running-cluster.ts";
import { keepPublishing, messagesOf, watchServerPods } from "./support/rollout.ts";

/** The image of the system exporter in the dev stack. */
const PLATFORM_IMAGE = "registry.example/nats-platform:0.1.0";

/** The series of the ring's kubelet, as they are scraped. */
const kubelet = { namespace: "nats", labels: { job: "kubelet" } };

let copy: ProjectCopy;

// Every test goes on where the one before it ended.
describe("the dev stack, applied to a cluster", () => {
  const cluster = clusterOfTheseTests({ volumes: 6, images: async () => [await controllerImage(PLATFORM_IMAGE)] });
  before(async () => {
    await makeNamespaces(cluster(), WORKLOADS);
    copy = await appliedCopy(cluster());
    await defineMonitoringKinds(placeIn(cluster(), copy.folder));
    await succeed(up(copy));
  });

  test("an update ends when three servers are ready, in a namespace that admits restricted pods only", async () => {
    const pods = await serverPods(cluster(), "nats");
    assert.deepEqual(
      pods.map(({ name, isReady, restarts }) => ({ name, isReady, restarts })),
      ["nats-0", "nats-1", "nats-2"].map((name) => ({ name, isReady: true, restarts: 0 })),
    );
    const careless = ["run", "careless", "-n", "nats", "--image=nats:2.15.2-alpine"];
    await assert.rejects(cluster().kubectl(careless), /violates PodSecurity "restricted/);
  });

  test("the servers find each other by name and agree on a JetStream leader", async () => {
    const pods = await serverPods(cluster(), "nats");
    const found = async () => {
      const known = await lookUp(cluster(), "nats-headless.nats.svc.cluster.local");
      return known.length === pods.length && known;
    };
    const addresses = await until("the name server knows them all", found, { seconds: 60 });
    assert.deepEqual(addresses, pods.map(({ address }) => address).sort());
    const leader = await until("a leader", () => metaLeader(cluster(), "nats", 3), { seconds: 90 });
    assert.match(leader, /^nats-[012]$/);
  });

  test("the delivered Secret is all that a workload needs: URL, credentials, a stream on three servers", async (context) => {
    const connection = await connectWith(context, cluster(), "orders", "orders-nats");
    await makeStream(connection, "ORDERS", ["orders.>"]);
    // A moment passes until every server knows where the stream is.
    await jetstream(connection, { timeout: 20_000 }).publish("orders.first", "1", { retries: 40 });
    assert.deepEqual(await messagesOf(connection, "ORDERS", "orders.first"), ["1"]);

    const { "nats.creds": creds = "" } = await secretContent(cluster(), "audit", "audit-nats");
    for (const { name, address } of await serverPods(cluster(), "nats")) {
      const auditor = await connectTo(context, `${address}:4222`, creds);
      assert.equal(auditor.info?.server_name, name);
    }
  });

  test("each server's exporter, and the system exporter, tell what they know", async () => {
    for (const { name, address } of await serverPods(cluster(), "nats")) {
      await told(`http://${address}:7777/metrics`, new RegExp(`^nats_varz_connections\\{server_id="${name}"\\} `, "m"));
    }
    const pods = ["get", "pods", "-n", "nats", "-l", "app.kubernetes.io/component=system-exporter"];
    const address = await cluster().kubectl([...pods, "-o", "jsonpath={.items[0].status.podIP}"]);
    await told(`http://${address}:7778/metrics`, /^nats_system_connected 1$/m);
  });

  test("the kubelet tells how full each server's volumes are, and the alert on it asks for nothing else", async (context) => {
    const prometheus = await watchKubelet(context, cluster(), []);
    const shares = volumesUsed(kubelet);
    const found = await until(
      "every volume is told of",
      async () => {
        const now = await prometheus.query(shares);
        return now.length === 12 ? now : undefined;
      },
      { seconds: 120 },
    );
    for (const resource of ["bytes", "inodes"]) {
      const claims = found.filter(({ labels }) => labels.resource === resource);
      assert.deepEqual(
        claims.map(({ labels }) => labels.persistentvolumeclaim).sort(),
        ["jetstream", "resolver"].flatMap((name) => [0, 1, 2].map((server) => `${name}-nats-${String(server)}`)),
      );
    }
    for (const { value } of found) assert.ok(value > 0 && value < 1, String(value));
    // A letter that is wrong in the name of a series or label is found.
    for (const name of ["available_bytes", "capacity_bytes", "inodes_free", "inodes", "namespace", "claim", "job"]) {
      const wrong = shares.replaceAll(new RegExp(`${name}(?=\\{|=~?")`, "g"), `${name}x`);
      assert.notEqual(wrong, shares, name);
      assert.ok((await prometheus.query(wrong)).length < found.length, name);
    }
  });

  test("a volume that fills up is told of before it is full, and no other one", async (context) => {
    const [claim, factor] = ["jetstream-nats-1", 30];
    const rules = scaled(rulesOf({ ...devContext, kubelet }), factor);
    const prometheus = await watchKubelet(context, cluster(), rules);
    const ballast = join(await folderOfClaim(cluster(), "nats", claim), "ballast");
    await provoke(context, prometheus, {
      what: "something else than messages fills a volume",
      alerts: ["NatsVolumeFull"],
      cause: () => cluster().onNode("fallocate", ["--length", "450M", ballast]),
      check: (firing) => {
        const told = firing.filter(({ labels }) => labels.alertname === "NatsVolumeFull");
        assert.deepEqual(
          told.map(({ labels }) => `${String(labels.persistentvolumeclaim)} ${String(labels.resource)}`),
          [`${claim} bytes`],
        );
      },
      cure: () => cluster().onNode("rm", [ballast]),
    });
  });

  test("objects for another Grafana take the place of those for the first, which can't be changed", async () => {
    configure(copy, ["regions", "local", "monitoring", "grafana", "instanceSelector"], { dashboards: "another" });
    assert.deepEqual(await previewedChanges(copy), [
      "replace local.grafana-dashboard",
      "replace local.grafana-folder",
      "replace local.grafana.nats-alerts",
      "replace local.grafana.nats-quorum",
    ]);
    await succeed(up(copy, ["--skip-preview"]));
    // All that there are, and so the only ones.
    const selectors = ["get", "grafanafolders", "-n", "nats", "-o", "jsonpath={.items[*].spec.instanceSelector}"];
    assert.deepEqual(JSON.parse(await cluster().kubectl(selectors)), { matchLabels: { dashboards: "another" } });
  });

  test("an applied stack is quiet: preview and refresh find nothing to do", async () => {
    await assertQuiet(copy);
    const refreshed = await succeed(pulumi(copy, ["refresh", "--yes", "--skip-preview", "--expect-no-changes"]));
    assert.match(refreshed.output, /\d+ unchanged/);
  });

  test("a Secret that was edited or deleted by hand comes back as it was with `up --refresh`", async () => {
    const contents = () =>
      Promise.all([secretContent(cluster(), "orders", "orders-nats"), secretContent(cluster(), "audit", "audit-nats")]);
    const made = await contents();
    const edit = JSON.stringify({ stringData: { URLS: "nats://elsewhere:4222" } });
    await cluster().kubectl(["patch", "secret", "orders-nats", "-n", "orders", "-p", edit]);
    await cluster().kubectl(["delete", "secret", "audit-nats", "-n", "audit"]);
    await succeed(up(copy, ["--refresh", "--skip-preview"]));
    assert.deepEqual(await contents(), made);
    await assertQuiet(copy);
  });

  test("adding a user makes its Secret, which works at once, and restarts no server", async (context) => {
    const pods = await serverPods(cluster(), "nats");
    configure(copy, ["accounts", "SERVICES", "users", "refunds"], {
      role: "worker",
      deliver: [{ region: "local", namespace: "orders", secret: "refunds-nats" }],
    });
    assert.deepEqual(await previewedChanges(copy), ["create local.credentials.orders.refunds-nats"]);
    await succeed(up(copy, ["--skip-preview"]));
    assert.deepEqual(await serverPods(cluster(), "nats"), pods);
    const connection = await connectWith(context, cluster(), "orders", "refunds-nats");
    await jetstream(connection, { timeout: 20_000 }).publish("orders.refunds", "1");
  });

  test("raising a limit of an account restarts no server", async () => {
    const pods = await serverPods(cluster(), "nats");
    configure(copy, ["accounts", "IOT", "limits", "connections"], 200);
    assert.deepEqual(await previewedChanges(copy), ["update account.IOT.jwt", "update local.nats-accounts"]);
    await succeed(up(copy, ["--skip-preview"]));
    assert.deepEqual(await serverPods(cluster(), "nats"), pods);
  });

  test("a change that takes a restart takes one server at a time, and a client loses no acknowledged message", async (context) => {
    const uids = (await serverPods(cluster(), "nats")).map(({ uid }) => uid);
    const connection = await connectWith(context, cluster(), "orders", "orders-nats");
    const stopPublishing = keepPublishing(context, connection, "orders.rolling");
    const endWatch = watchServerPods(context, cluster(), "nats", 3);

    configure(copy, ["regions", "local", "nats", "lameDuck"], { gracePeriod: "2s" });
    assert.deepEqual(await previewedChanges(copy), ["update local.nats-config", "update local.servers"]);
    await succeed(up(copy, ["--skip-preview"]));
    await cluster().kubectl(["rollout", "status", "statefulset/nats", "-n", "nats", "--timeout=300s"]);

    const { fewestReady, gone } = await endWatch();
    const acknowledged = await stopPublishing();
    assert.equal(fewestReady, 2);
    assert.deepEqual(gone, ["nats-2", "nats-1", "nats-0"]);
    const pods = await serverPods(cluster(), "nats");
    for (const { uid } of pods) assert.ok(!uids.includes(uid));
    assert.ok(pods.every(({ isReady, restarts }) => isReady && restarts === 0));

    const kept = new Set(await messagesOf(connection, "ORDERS", "orders.rolling"));
    assert.ok(acknowledged > 100, `only ${String(acknowledged)} messages went through`);
    const lost = Array.from({ length: acknowledged }, (_, index) => String(index + 1)).filter(
      (text) => !kept.has(text),
    );
    assert.deepEqual(lost, []);
  });

  test("servers that were restarted know an account as it was changed while they ran", async (context) => {
    const user = parseCreds((await secretContent(cluster(), "iot", "collector-nats"))["nats.creds"] ?? "");
    const { issuer_account: account = "" } = decodeJwt(user.jwt).claims.nats as { issuer_account?: string };
    const { "nats.creds": creds = "" } = await secretContent(cluster(), "nats", "nats-admin");
    for (const { address } of await serverPods(cluster(), "nats")) {
      const admin = await connectTo(context, `${address}:4222`, creds);
      const answer = await admin.request(`$SYS.REQ.ACCOUNT.${account}.CLAIMS.LOOKUP`, "", { timeout: 20_000 });
      const { limits } = decodeJwt(answer.string()).claims.nats as { limits?: { conn?: number } };
      assert.equal(limits?.conn, 200);
    }
  });

  test("of two servers that are to be evicted at once, one has to wait for the other to be back", async () => {
    const evict = (pod: string) =>
      cluster().kubectl(
        ["create", "--raw", `/api/v1/namespaces/nats/pods/${pod}/eviction`, "-f", "-"],
        JSON.stringify({ apiVersion: "policy/v1", kind: "Eviction", metadata: { name: pod, namespace: "nats" } }),
      );
    const [before] = await serverPods(cluster(), "nats");
    await until("nats-0 may go", async () => (await evict("nats-0"), true), { seconds: 90 });
    await assert.rejects(evict("nats-1"), /disruption budget/);
    const isBack = async () => {
      const [pod] = await serverPods(cluster(), "nats");
      return pod?.isReady === true && pod.uid !== before?.uid;
    };
    await until("nats-0 is back", isBack, { seconds: 180 });
    await until("nats-1 may go", async () => (await evict("nats-1"), true), { seconds: 90 });
  });
});

/** Waits until an exporter says this. */
async function told(url: string, what: RegExp): Promise<void> {
  const isSaid = async () => what.test(await (await fetch(url)).text());
  await until(`${url} says ${String(what)}`, isSaid, { seconds: 60 });
}

async function succeed<T extends { code: number; output: string }>(running: Promise<T>): Promise<T> {
  const finished = await running;
  assert.equal(finished.code, 0, finished.output);
  return finished;
}
