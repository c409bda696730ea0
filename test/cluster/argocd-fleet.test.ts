import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { Manifest } from "../../providers/manifest/yaml.ts";
import { until } from "../../tools/cluster/wait.ts";
import { fleetPlatform, regionNames } from "../support/fleet.ts";
import { hooksOf } from "./support/argocd/application.ts";
import { applicationsIn, argocdObjects, namesOf, type MadeApplication } from "./support/argocd/from-configuration.ts";
import { generatorImage } from "./support/argocd/generator-image.ts";
import { argocdOfTheseTests } from "./support/argocd/of-these-tests.ts";
import type { Argocd } from "./support/argocd.ts";
import { secretContent } from "./support/objects.ts";
import { clusterOfTheseTests } from "./support/running-cluster.ts";

const TWENTY = regionNames(20);
const path = "helm/glass-instrumentation";
const AUTH = "instrumentation-auth-region-004";
/** No pods: what is looked at is Argo CD. */
const none = { replicas: 0 };

// Every test goes on where the one before it ended.
describe("a fleet of a stack's configuration, in a real Argo CD", () => {
  const cluster = clusterOfTheseTests({ volumes: 0, images: () => Promise.resolve([generatorImage()]) });
  const deploying = argocdOfTheseTests(cluster);
  let argocd: Argocd;
  let applied: readonly Manifest[];
  before(() => {
    ({ argocd } = deploying());
  });

  const kubectl = (...args: string[]) => cluster().kubectl(args);
  const settingOf = (namespace: string, name: string) =>
    kubectl("get", "configmap", name, "-n", namespace, "-o", "jsonpath={.data.region}");

  test("the control plane and two components in each of 20 regions become Synced and Healthy from our objects alone", async (context) => {
    applied = await argocdObjects(configured({ regions: TWENTY }));
    assert.equal(applicationsIn(applied).length, 41);
    const started = Date.now();
    await argocd.apply(...applied);
    await argocd.syncedAndHealthy(namesOf(applicationsIn(applied)), 360);
    context.diagnostic(`41 Applications were Synced and Healthy after ${seconds(started)} s`);
    assert.equal(await settingOf("auth-region-007", "auth"), "of region-007");
    assert.equal(await settingOf("recursor-region-019-000", "recursor"), "nowhere");
  });

  test("the chart's generator ran as a hook, for the configuration says that it has one", async () => {
    const { status } = await argocd.application("glass-ui");
    assert.deepEqual(hooksOf(status?.operationState), ["glass-ui-nkey-generator-r1"]);
    assert.ok((await secretContent(cluster(), "glass", "glass-nats-user-nkey")).seed);
  });

  test("Argo CD leaves every Application as the program wrote it, so that no later preview has anything to change", async () => {
    const live = await argocd.applications();
    for (const { metadata, spec } of applicationsIn(applied)) {
      const found = live.find((application) => application.metadata.name === metadata.name);
      assert.deepEqual(found?.spec, spec, metadata.name);
    }
  });

  test("a region that is added to the configuration appears, and nothing of the others changes", async () => {
    const objects = await argocdObjects(configured({ regions: [...TWENTY, "ap-south"] }));
    const added = namesOf(applicationsIn(objects)).filter((name) => !namesOf(applicationsIn(applied)).includes(name));
    assert.deepEqual(added.sort(), ["instrumentation-auth-ap-south", "instrumentation-recursor-ap-south"]);
    for (const { metadata, spec } of applicationsIn(applied)) {
      const now = applicationsIn(objects).find((it) => it.metadata.name === metadata.name);
      assert.deepEqual(now?.spec, spec, metadata.name);
    }
    await argocd.apply(...objects);
    await argocd.syncedAndHealthy(added);
    assert.equal(await settingOf("auth-ap-south", "auth"), "of ap-south");
  });

  test("a region that is removed leaves its workloads running: they are just nobody's", async () => {
    await removed(["instrumentation-auth-ap-south", "instrumentation-recursor-ap-south"]);
    assert.equal(await settingOf("auth-ap-south", "auth"), "of ap-south");
    await kubectl("get", "deployment", "recursor", "-n", "recursor-ap-south-000");
  });

  test("with removal: delete it takes its workloads with it, though the project no longer names its namespaces", async () => {
    const fleet = { removal: "delete" };
    await argocd.apply(...(await argocdObjects(configured({ regions: TWENTY, fleet }))));
    const others = TWENTY.filter((region) => region !== "region-003");
    // As an update does it: what changes comes first, what goes at the end.
    await argocd.apply(...(await argocdObjects(configured({ regions: others, fleet }))));
    await removed(["instrumentation-auth-region-003", "instrumentation-recursor-region-003"]);
    const left = ["-n", "auth-region-003", "--ignore-not-found", "-o", "name"];
    assert.equal(await kubectl("get", "configmap,deployment", "auth", ...left), "");
    await kubectl("get", "deployment", "auth", "-n", "auth-region-004");
    await argocd.apply(...applied);
  });

  test("so does an Application that is disabled before it is taken out of the configuration", async () => {
    const ui = { removal: "delete" };
    await argocd.apply(...(await argocdObjects(configured({ regions: TWENTY, ui }))));
    const objects = await argocdObjects(configured({ regions: TWENTY, ui: { ...ui, enabled: false } }));
    assert.ok(!namesOf(applicationsIn(objects)).includes("glass-ui"));
    await argocd.apply(...objects);
    await removed(["glass-ui"]);
    assert.equal(await kubectl("get", "deployment", "glass-ui", "-n", "glass", "--ignore-not-found", "-o", "name"), "");
    const nkey = await secretContent(cluster(), "glass", "glass-nats-user-nkey");
    assert.ok(nkey.seed, "what a generator made is nobody's, and stays");
  });

  test("an Application takes nothing from another one that runs", async () => {
    const before = await authUid();
    await argocd.apply(named("thief", applicationsIn(applied)));
    const refused = new RegExp(`Shared resource found: .* part of applications argocd/thief and ${AUTH}`);
    await until("it is refused", async () => refused.test((await lastSync("thief"))?.message ?? ""), { seconds: 120 });
    assert.equal(await authUid(), before);
    await removed(["thief"]);
  });

  test("one that is renamed takes over what the other had, where it may share: no object is made anew", async () => {
    const before = await authUid();
    await removed([AUTH]);
    const sharing = { sync: { createNamespace: true, failOnShared: false } };
    const objects = await argocdObjects(configured({ regions: TWENTY, fleet: sharing }));
    await argocd.apply(named("renamed", applicationsIn(objects)));
    await argocd.syncedAndHealthy(["renamed"]);
    assert.equal(await authUid(), before);
    await argocd.apply(named("renamed", applicationsIn(applied)));
    await argocd.refresh("renamed");
    await argocd.syncedAndHealthy(["renamed"]);
    assert.equal(await authUid(), before);
  });

  test("what the project does not permit is refused by Argo CD, too", async () => {
    const stray = structuredClone(applicationsIn(applied)[0]) as MadeApplication & { metadata: { name: string } };
    stray.metadata.name = "stray";
    stray.spec.destination.namespace = "kube-system";
    await argocd.apply(stray);
    const { status } = await argocd.refresh("stray");
    assert.match(status?.conditions?.[0]?.message ?? "", /do not match any of the allowed destinations in project/);
  });

  const authUid = () => kubectl("get", "deployment", "auth", "-n", "auth-region-004", "-o", "jsonpath={.metadata.uid}");
  const lastSync = async (name: string) => (await argocd.application(name)).status?.operationState;

  /** Takes Applications away as an update does. */
  async function removed(names: readonly string[]): Promise<void> {
    await kubectl("delete", "applications", ...names, "-n", "argocd", "--wait=false");
    for (const name of names) await argocd.gone(name);
  }

  function configured({ regions, fleet = {}, ui = {} }: { regions: readonly string[]; fleet?: object; ui?: object }) {
    const platform = fleetPlatform({
      ...{ mode: "applications", regions, url: deploying().repository.url },
      fleet: {
        components: {
          auth: { path, namespace: "auth-{region}", values: none },
          recursor: { path, namespace: "recursor-{region}-000", values: none },
        },
        sync: { createNamespace: true },
        ...fleet,
      },
      argocd: { applications: { "glass-ui": { ...glassUi, region: regions[0], ...ui } } },
    });
    const settings = platform.regions as Record<string, { argocd: object }>;
    for (const [name, region] of Object.entries(settings))
      region.argocd = { ...region.argocd, values: { instrumentation: { auth: { region: `of ${name}` } } } };
    return platform;
  }
});

const glassUi = {
  repository: "spog",
  revision: "main",
  path: "helm/glass-ui",
  valueFiles: ["values-argocd.yaml"],
  generators: true,
  namespace: "glass",
  sync: { createNamespace: true },
};

/** The Application {@link AUTH} under another name. */
function named(name: string, all: readonly MadeApplication[]): object {
  const original = all.find(({ metadata }) => metadata.name === AUTH);
  assert.ok(original);
  return { ...original, metadata: { ...original.metadata, name } };
}

function seconds(since: number): string {
  return ((Date.now() - since) / 1000).toFixed(0);
}
