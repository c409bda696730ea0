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
      await argocd.syncedAndHealthy(namesOf(wanted), 180);
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

    test("step by step, what is not Healthy in the first step keeps the second from being synced", async () => {
      const rollout = [{ regions: ["region-001"] }, { regions: ["*"], maxUpdate: "50%" }];
      const regions = TWENTY.slice(1, 5);
      // A pod whose image nobody has: region-001 is not Healthy.
      const values = { instrumentation: { auth: { image: "nobody-has:this" } } };
      const stuck = configured("applicationSet", { regions, fleet: { rollout }, values: { "region-001": values } });
      await argocd.apply(...(await argocdObjects(stuck)));
      const replicas = async (region: string) =>
        kubectl(
          "get",
          "deployment",
          "auth",
          "-n",
          `auth-${region}`,
          "-o",
          "jsonpath={.spec.template.spec.containers[0].image}",
        );
      await until("the first step is synced", async () => (await replicas("region-001")) === "nobody-has:this", {
        seconds: 90,
      });
      const { status } = await argocd.refresh("instrumentation-auth-region-002");
      assert.equal(status?.sync?.status, "Synced");
    });
  });

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
          auth: { path, namespace: "auth-{region}", values: { replicas: 0 } },
          recursor: { path, namespace: "recursor-{region}-000", values: { replicas: 0 } },
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
