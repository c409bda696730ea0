import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { helmfileEnvironment, helmfilePlugin } from "../../components/argocd/plugin.ts";
import { until } from "../../tools/cluster/wait.ts";
import { fleetPlatform, regionNames, type FleetMode } from "../support/fleet.ts";
import { applicationsIn, argocdObjects, namesOf } from "./support/argocd/from-configuration.ts";
import { argocdOfTheseTests } from "./support/argocd/of-these-tests.ts";
import type { Argocd } from "./support/argocd.ts";
import { clusterOfTheseTests } from "./support/running-cluster.ts";

const TWENTY = regionNames(20);
const path = "helm/glass-instrumentation";
/** No pods: what is looked at is Argo CD. */
const none = { values: { replicas: 0 } };

// Every test goes on where the one before it ended.
describe("fleets that Argo CD expands itself", () => {
  const cluster = clusterOfTheseTests({ volumes: 0 });
  const deploying = argocdOfTheseTests(cluster, {
    parameters: { "applicationsetcontroller.enable.progressive.syncs": "true" },
    plugin: { config: helmfilePlugin(), env: helmfileEnvironment },
  });
  let argocd: Argocd;
  before(() => {
    ({ argocd } = deploying());
  });
  const kubectl = (...args: string[]) => cluster().kubectl(args);
  const uidOf = (namespace: string, name: string) =>
    kubectl("get", "deployment", name, "-n", namespace, "-o", "jsonpath={.metadata.uid}");

  describe("by an ApplicationSet", () => {
    test("it makes the very Applications that the program would make, and they become Synced and Healthy", async () => {
      const objects = await argocdObjects(configured("applicationSet", { regions: TWENTY }));
      assert.deepEqual(applicationsIn(objects), []);
      await argocd.apply(...objects);
      const wanted = applicationsIn(await argocdObjects(configured("applications", { regions: TWENTY })));
      assert.equal(wanted.length, 40);
      await argocd.syncedAndHealthy(namesOf(wanted), 360);
      const live = await argocd.applications();
      for (const { metadata, spec } of wanted) {
        const found = live.find((application) => application.metadata.name === metadata.name);
        assert.deepEqual(found?.spec, spec, metadata.name);
        assert.deepEqual(found.metadata.labels, labelsOf(metadata), metadata.name);
      }
    });

    test("a region that is added appears; one that is removed goes, and its workloads keep running", async () => {
      const regions = [...TWENTY.slice(1), "ap-south"];
      await argocd.apply(...(await argocdObjects(configured("applicationSet", { regions }))));
      await argocd.syncedAndHealthy(["instrumentation-auth-ap-south", "instrumentation-recursor-ap-south"]);
      await argocd.gone("instrumentation-auth-region-000");
      assert.ok(await uidOf("auth-region-000", "auth"));
    });

    test("step by step: what is not Healthy in the first step keeps the second from being synced", async () => {
      const regions = TWENTY.slice(1, 5);
      const rollout = [{ regions: ["region-001"] }, { regions: ["*"], maxUpdate: "50%" }];
      const changed = (first: object) => {
        const of = (auth: object) => ({ instrumentation: { auth } });
        const others = Object.fromEntries(regions.map((region) => [region, of({ region: "second" })]));
        return { regions, fleet: { rollout }, values: { ...others, "region-001": of({ region: "first", ...first }) } };
      };
      const isFirst = async () => (await regionIn("auth-region-001")) === "first";
      // A pod whose image nobody has: region-001 does not become Healthy.
      const stuck = configured("applicationSet", changed({ replicas: 1, image: "nobody-has:this" }));
      await argocd.apply(...(await argocdObjects(stuck)));
      await until("the first step is synced", isFirst, { seconds: 180 });
      const { status } = await argocd.refresh("instrumentation-auth-region-002");
      assert.equal(status?.sync?.status, "OutOfSync");
      assert.equal(await regionIn("auth-region-002"), "nowhere");

      await argocd.apply(...(await argocdObjects(configured("applicationSet", changed({})))));
      const areSecond = async () => {
        const found = await Promise.all(regions.slice(1).map((region) => regionIn(`auth-${region}`)));
        return found.every((region) => region === "second");
      };
      await until("the second step is synced", areSecond, { seconds: 180 });
    });
  });

  describe("by a helmfile", () => {
    const regions = TWENTY.slice(0, 6);
    const helmfile = (settings: object, names: readonly string[] = regions, fleet: object = {}) =>
      argocdObjects(
        configured("helmfile", {
          regions: names,
          fleet: { helmfile: { path: "argocd/glass-instrumentation", ...settings }, ...fleet },
        }),
      );
    const uids = async () => Promise.all(regions.map((region) => uidOf(`auth-${region}`, "glass-instrumentation")));

    before(async () => {
      await kubectl("delete", "applicationset", "instrumentation", "-n", "argocd");
      const namespaces = [...regions, "ap-south"].flatMap((region) => [`auth-${region}`, `recursor-${region}-000`]);
      for (const name of namespaces) await argocd.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
    });

    test("each Application has the regions that fall to it, and all become Synced and Healthy", async () => {
      const objects = await helmfile({ shards: 2 });
      const shards = applicationsIn(objects);
      assert.equal(shards.length, 2);
      await argocd.apply(...objects);
      const live = await argocd.syncedAndHealthy(namesOf(shards));
      for (const [index, { metadata, spec }] of shards.entries()) {
        assert.deepEqual(live[index]?.spec, spec, metadata.name);
      }
      for (const region of regions) assert.equal(await regionIn(`auth-${region}`, "glass-instrumentation"), region);
    });

    test("a region that is added appears in one of them, and the other one stays as it is", async () => {
      const before = applicationsIn(await helmfile({ shards: 2 }));
      const objects = await helmfile({ shards: 2 }, [...regions, "ap-south"]);
      const changed = applicationsIn(objects).filter(
        ({ spec }, index) => JSON.stringify(spec) !== JSON.stringify(before[index]?.spec),
      );
      assert.equal(changed.length, 1);
      await argocd.apply(...objects);
      await argocd.syncedAndHealthy(namesOf(changed));
      assert.equal(await regionIn("auth-ap-south", "glass-instrumentation"), "ap-south");
    });

    test("a region that is removed keeps its workloads; with removal: delete it loses them", async () => {
      for (const removal of ["keep", "delete"]) {
        const objects = await helmfile({ shards: 2 }, regions, { removal });
        await argocd.apply(...objects);
        const names = namesOf(applicationsIn(objects));
        for (const name of names) await argocd.refresh(name);
        // Not even a sync that is to prune takes away what is kept.
        if (removal === "keep") for (const name of names) await argocd.sync(name, { prune: true });
        if (removal === "delete") await argocd.syncedAndHealthy(names);
        const left = await kubectl(
          "get",
          "configmap",
          "glass-instrumentation",
          "-n",
          "auth-ap-south",
          "--ignore-not-found",
          "-o",
          "name",
        );
        assert.equal(left !== "", removal === "keep", removal);
      }
    });

    test("regions that move into another Application are taken over as they run, and out of one that goes", async () => {
      const running = await uids();
      // As the page says: what is to be taken over is let go of first.
      const more = [{ shards: 2, moving: true }, { shards: 4, moving: true }, { shards: 4 }];
      const fewer = [{ shards: 4, moving: true }, { shards: 1, moving: true }, { shards: 1 }];
      for (const settings of [...more, ...fewer]) {
        const objects = await helmfile(settings, regions, { removal: "delete" });
        const names = namesOf(applicationsIn(objects));
        await argocd.apply(...objects);
        const gone = namesOf(await argocd.applications()).filter((name) => !names.includes(name));
        for (const name of gone.filter((it) => /^instrumentation-\d+$/.test(it))) {
          await kubectl("delete", "application", name, "-n", "argocd", "--wait=false");
          await argocd.gone(name);
        }
        for (const name of names) await argocd.refresh(name);
        await argocd.syncedAndHealthy(names);
        assert.deepEqual(await uids(), running, JSON.stringify(settings));
      }
      assert.deepEqual(
        namesOf(await argocd.applications()).filter((name) => /^instrumentation-\d+$/.test(name)),
        ["instrumentation-0"],
      );
    });
  });

  const regionIn = (namespace: string, name = "auth") =>
    kubectl("get", "configmap", name, "-n", namespace, "-o", "jsonpath={.data.region}");

  function configured(
    mode: FleetMode,
    {
      regions,
      fleet = {},
      values = {},
    }: { regions: readonly string[]; fleet?: object; values?: Record<string, object> },
  ) {
    const platform = fleetPlatform({
      ...{ mode, regions, url: deploying().repository.url },
      fleet: {
        components: {
          auth: { path, namespace: "auth-{region}", ...(mode === "helmfile" ? {} : none) },
          recursor: { path, namespace: "recursor-{region}-000", ...(mode === "helmfile" ? {} : none) },
        },
        ...(mode === "helmfile" ? {} : { sync: { createNamespace: true } }),
        ...fleet,
      },
      argocd: { progressiveSyncs: true },
    });
    const settings = platform.regions as Record<string, { argocd: object }>;
    for (const [name, region] of Object.entries(settings))
      if (values[name] !== undefined) region.argocd = { ...region.argocd, values: values[name] };
    return platform;
  }
});

function labelsOf(metadata: object): unknown {
  return "labels" in metadata ? metadata.labels : undefined;
}
