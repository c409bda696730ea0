import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { until } from "../../tools/cluster/wait.ts";
import { hooksOf } from "./support/argocd/application.ts";
import { generatorImage } from "./support/argocd/generator-image.ts";
import { handWritten } from "./support/argocd/hand-written.ts";
import { argocdOfTheseTests } from "./support/argocd/of-these-tests.ts";
import { fleetRepository } from "./support/argocd/repository.ts";
import type { Argocd } from "./support/argocd.ts";
import type { GitRepository } from "./support/git.ts";
import { secretContent } from "./support/objects.ts";
import { clusterOfTheseTests } from "./support/running-cluster.ts";

const NKEY = "glass-nats-user-nkey";
const GENERATOR = "glass-ui-nkey-generator-r1";
const patience = { seconds: 120 };

// Every test goes on where the one before it ended.
describe("generators of a chart that are hooks, in a real Argo CD", () => {
  const cluster = clusterOfTheseTests({ volumes: 0, images: () => Promise.resolve([generatorImage()]) });
  const deploying = argocdOfTheseTests(cluster);
  let argocd: Argocd;
  let repository: GitRepository;
  before(() => {
    ({ argocd, repository } = deploying());
  });

  const kubectl = (...args: string[]) => cluster().kubectl(args);
  const nkey = (namespace = "glass-ui") => secretContent(cluster(), namespace, NKEY);
  const hasNkey = () =>
    nkey().then(
      () => true,
      () => false,
    );
  const deleteNkey = () => kubectl("delete", "secret", NKEY, "-n", "glass-ui");
  const lastSync = async (name = "glass-ui") => (await argocd.application(name)).status?.operationState;

  let firstSeed: string | undefined;

  test("an Application of one source becomes Synced and Healthy: its generator ran as a Sync hook, and is not among what it tracks", async () => {
    await argocd.apply(handWritten("glass-ui", { source: glassUi() }));
    const [application] = await argocd.syncedAndHealthy(["glass-ui"]);
    assert.deepEqual(hooksOf(application?.status?.operationState), [GENERATOR]);
    const tracked = (await argocd.resourcesOf("glass-ui"))
      .filter(({ hook }) => hook !== true)
      .map(({ kind, name }) => `${kind} ${name}`)
      .sort();
    assert.deepEqual(tracked, [
      "ConfigMap glass-ui-settings",
      "Deployment glass-ui",
      "Deployment glass-ui-issuer",
      "Role glass-ui-generator",
      "RoleBinding glass-ui-generator",
      "ServiceAccount glass-ui-generator",
    ]);
    firstSeed = (await nkey()).seed;
    assert.match(firstSeed ?? "", /^[\w+/]{43}=$/);
  });

  test("when the Job's time is over and it is gone, the Application stays Synced", async () => {
    const jobs = () => kubectl("get", "jobs", "-n", "glass-ui", "-o", "name");
    await until("the Job is gone", async () => (await jobs()) === "", patience);
    const { status } = await argocd.refresh("glass-ui", "hard");
    assert.equal(status?.sync?.status, "Synced");
  });

  test("where the chart does not know of Argo CD, the Job is tracked, and its end leaves the Application OutOfSync", async () => {
    const source = glassUi({ valuesObject: { generator: { ttlSecondsAfterFinished: 1 } } });
    await argocd.apply(handWritten("unaware", { source, isAutomated: false }));
    const state = await argocd.sync("unaware");
    assert.equal(state.phase, "Succeeded", JSON.stringify(state));
    const isOutOfSync = async () => {
      const { status } = await argocd.refresh("unaware");
      const [one, ...others] = (status?.resources ?? []).filter((it) => it.status === "OutOfSync");
      return status?.sync?.status === "OutOfSync" && one?.kind === "Job" && others.length === 0;
    };
    await until("it is OutOfSync for the Job alone", isOutOfSync, patience);
    assert.deepEqual(hooksOf(await lastSync("unaware")), []);
  });

  test("a generated Secret that is deleted is not made again by itself: the Application stays Synced, and nothing is synced", async () => {
    const before = await lastSync();
    await deleteNkey();
    for (const how of ["normal", "hard"] as const) {
      const { status, operation } = await argocd.refresh("glass-ui", how);
      assert.equal(status?.sync?.status, "Synced");
      assert.equal(operation, undefined);
    }
    assert.deepEqual(await lastSync(), before);
    assert.equal(await hasNkey(), false);
  });

  test("nor by self-heal, which syncs what has changed and runs no hook", async () => {
    const greeting = async () =>
      kubectl("get", "configmap", "glass-ui-settings", "-n", "glass-ui", "-o", "jsonpath={.data.greeting}");
    await kubectl("patch", "configmap", "glass-ui-settings", "-n", "glass-ui", "-p", '{"data":{"greeting":"bye"}}');
    await until("the greeting is mended", async () => (await greeting()) === "hello", patience);
    const [application] = await argocd.syncedAndHealthy(["glass-ui"]);
    const state = application?.status?.operationState;
    assert.equal(state?.operation.initiatedBy?.automated, true);
    assert.equal(state.operation.sync?.resources?.length, 1);
    assert.deepEqual(hooksOf(state), []);
    assert.equal(await hasNkey(), false);
  });

  test("nor by a sync with the apply strategy, nor by one of chosen objects", async () => {
    const resources = [{ kind: "ConfigMap", name: "glass-ui-settings" }];
    for (const request of [{ strategy: "apply" }, { resources }] as const) {
      const state = await argocd.sync("glass-ui", request);
      assert.equal(state.phase, "Succeeded");
      assert.deepEqual(hooksOf(state), []);
    }
    assert.equal(await hasNkey(), false);
  });

  test("a full sync makes it again, with another content, and the next one leaves it alone", async () => {
    const state = await argocd.sync("glass-ui");
    assert.equal(state.phase, "Succeeded", JSON.stringify(state));
    assert.deepEqual(hooksOf(state), [GENERATOR]);
    const made = await nkey();
    assert.notEqual(made.seed, firstSeed);
    assert.deepEqual(hooksOf(await argocd.sync("glass-ui")), [GENERATOR]);
    assert.deepEqual(await nkey(), made);
  });

  test("a commit that changes the generator alone leaves the Application Synced, and runs nothing; with the next change of what is tracked it runs", async () => {
    const before = await lastSync();
    const values = fleetRepository()["helm/glass-ui/values.yaml"] ?? "";
    const second = values.replace("edition: first", "edition: second");
    const commit = await repository.push({ "helm/glass-ui/values.yaml": second });
    const { status } = await argocd.refresh("glass-ui");
    assert.deepEqual(status?.sync, { ...status?.sync, status: "Synced", revision: commit });
    assert.deepEqual(await lastSync(), before);

    await deleteNkey();
    const next = await repository.push({ "helm/glass-ui/values.yaml": second.replace("hello", "welcome") });
    await argocd.refresh("glass-ui");
    const isSynced = async () => (await lastSync())?.syncResult?.revision === next;
    await until("the commit is synced", isSynced, patience);
    const [application] = await argocd.syncedAndHealthy(["glass-ui"]);
    assert.deepEqual(hooksOf(application?.status?.operationState), [GENERATOR]);
    assert.equal((await nkey()).edition, "second");
  });

  test("an Application of two sources runs its hooks as well", async () => {
    const values = await deploying().makeRepository({ "two.yaml": "global: {argocd: {enabled: true}}\n" });
    const { repoURL } = glassUi();
    const sources = [
      { ...glassUi({ valueFiles: ["$values/two.yaml"] }), repoURL },
      { repoURL: values.url, targetRevision: "main", ref: "values" },
    ];
    await argocd.apply(handWritten("two-sources", { sources }));
    const [application] = await argocd.syncedAndHealthy(["two-sources"]);
    assert.deepEqual(hooksOf(application?.status?.operationState), [GENERATOR]);
    assert.equal((await nkey("two-sources")).edition, "second");
    assert.ok(!(await argocd.resourcesOf("two-sources")).some(({ kind, hook }) => kind === "Job" && hook !== true));
  });

  test("Secrets of others in its namespace are neither pruned nor changed, unless they say that they are the Application's", async () => {
    const tracking = (kind: string, name: string) => ({
      "argocd.argoproj.io/tracking-id": `glass-ui:/${kind}:glass-ui/${name}`,
    });
    const owner = await kubectl(
      "get",
      "configmap",
      "glass-ui-settings",
      "-n",
      "glass-ui",
      "-o",
      "jsonpath={.metadata.uid}",
    );
    const secret = (name: string, metadata: object) => ({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name, namespace: "glass-ui", ...metadata },
      stringData: { key: name },
    });
    const settings = { apiVersion: "v1", kind: "ConfigMap", name: "glass-ui-settings", uid: owner };
    await argocd.apply(
      secret("ours", {
        labels: { "app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/instance": "glass-ui" },
      }),
      // As External Secrets makes them: with an owner that the Application tracks, and with that one's annotations.
      secret("owned", { ownerReferences: [settings], annotations: tracking("ConfigMap", "glass-ui-settings") }),
      secret("claimed", { annotations: tracking("Secret", "claimed") }),
    );
    const version = (name: string) =>
      kubectl("get", "secret", name, "-n", "glass-ui", "-o", "jsonpath={.metadata.resourceVersion}");
    const before = [await version("ours"), await version("owned")];
    // A sync right after another may find the other one's Job on its way out.
    const isPruned = async () => (await argocd.sync("glass-ui", { prune: true })).phase === "Succeeded";
    await until("a sync that prunes succeeds", isPruned, patience);
    assert.deepEqual([await version("ours"), await version("owned")], before);
    await assert.rejects(version("claimed"), /NotFound/);
  });

  test("an operation that is patched in beside the last one's state has that one's choice of objects, and is no full sync", async () => {
    const resources = [{ kind: "ConfigMap", name: "glass-ui-settings" }];
    const { startedAt } = await argocd.sync("glass-ui", { resources });
    await until("a second has passed", () => Date.now() > Date.parse(startedAt) + 1000, patience);
    await argocd.patch("glass-ui", { operation: { sync: { syncStrategy: { hook: {} } } } });
    const next = async () => {
      const { operation, status } = await argocd.application("glass-ui");
      const state = status?.operationState;
      return operation === undefined && state?.startedAt !== startedAt && state;
    };
    const state = await until("it has ended", next, patience);
    assert.deepEqual(state.operation.sync?.resources, resources);
  });

  function glassUi(helm: object = { valueFiles: ["values-argocd.yaml"] }) {
    return {
      repoURL: repository.url,
      targetRevision: "main",
      path: "helm/glass-ui",
      helm: { releaseName: "glass-ui", ...helm },
    };
  }
});
