import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { after, before, describe, test } from "node:test";
import { parse } from "yaml";
import { healthCustomizations } from "../../components/argocd/health.ts";
import { until } from "../../tools/cluster/wait.ts";
import { platformOf, renderStack } from "../support/program.ts";
import { applicationsIn, argocdObjects, namesOf } from "./support/argocd/from-configuration.ts";
import { startArgocd, type Argocd } from "./support/argocd.ts";
import { startControlPlane, type ControlPlane } from "./support/control-plane.ts";
import { makeRepository, type Files, type GitRepository } from "./support/git.ts";

const MANIFESTS = "deploy/local";
const NAME = "nats-local";

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

// There is no node here, and no operator of monitoring: the tests say when workloads are ready, and see what Argo CD does before and after.
describe("a region's manifests that Argo CD syncs", () => {
  let plane: ControlPlane | undefined;
  let argocd: Argocd | undefined;
  let repository: GitRepository | undefined;
  let files: Files = {};
  before(async () => {
    plane = await startControlPlane();
    argocd = await startArgocd(plane, { settings: healthCustomizations });
    const folder = join(plane.folder, "rendered");
    mkdirSync(folder);
    await renderStack("dev", folder, { platform: devWithArgocd("https://git.example/team/deploy.git"), fixed: true });
    files = filesIn(folder, MANIFESTS);
    repository = await makeRepository(plane.folder, files);
    const manifests = Object.values(files).map((text) => parse(text) as Manifest);
    // Namespaces of others, which the region does not make.
    const own = manifests.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => metadata.name);
    const used = new Set(manifests.flatMap(({ metadata }) => metadata.namespace ?? []));
    for (const name of used) if (!own.includes(name)) await plane.kubectl("create", "namespace", name);
    const objects = await argocdObjects(devWithArgocd(repository.url));
    assert.deepEqual(namesOf(applicationsIn(objects)), [NAME]);
    await argocd.apply(...objects);
  });
  after(async () => {
    await argocd?.stop();
    await plane?.stop();
  });

  test("are applied in waves: monitoring waits for servers, and its lack fails the sync only then", async () => {
    assert.ok(plane && argocd);
    await argocd.refresh(NAME);
    const argo = argocd;
    const ended = argo.sync(NAME, { prune: true });
    const applied = async () => {
      const { syncResult } = (await argo.application(NAME)).status?.operationState ?? {};
      return syncResult?.resources?.some(({ kind, status }) => kind === "StatefulSet" && status === "Synced");
    };
    await until("the servers are applied", applied, { seconds: 120, explain: () => argo.logs() });
    const { operation, status } = await argo.application(NAME);
    assert.ok(operation);
    assert.match(status?.operationState?.message ?? "", /^waiting for healthy state of/);
    await markReady(plane);
    const { phase, syncResult } = await ended;
    assert.equal(phase, "Failed");
    const failed = (syncResult?.resources ?? [])
      .filter(({ status }) => status === "SyncFailed")
      .map(({ kind }) => kind);
    assert.deepEqual([...new Set(failed)].toSorted(), [
      ...["GrafanaAlertRuleGroup", "GrafanaDashboard", "GrafanaFolder", "PodMonitor", "PrometheusRule"],
    ]);
  });

  test("are found in sync, defaults of the API server included", async () => {
    assert.ok(argocd);
    const resources = (await argocd.refresh(NAME)).status?.resources ?? [];
    const differing = resources.filter(
      ({ status, group = "" }) => status !== "Synced" && !/grafana|monitoring/.test(group),
    );
    assert.deepEqual(
      differing.map(({ kind, name }) => `${kind} ${name}`),
      [],
    );
    assert.ok(resources.some(({ kind, status }) => kind === "StatefulSet" && status === "Synced"));
  });

  test("a namespace that is in Git no more is kept by a sync that prunes, and what else is there goes", async () => {
    assert.ok(plane && argocd && repository);
    const [namespace = "", file = ""] = fileOf("Namespace", files);
    const [budget = "", budgetFile = ""] = fileOf("PodDisruptionBudget", files);
    const monitoring = Object.keys(files).filter((path) => path.includes("4-monitoring"));
    await repository.push(Object.fromEntries([file, budgetFile, ...monitoring].map((path) => [path, null])));
    await argocd.refresh(NAME);
    const { phase, syncResult } = await argocd.sync(NAME, { prune: true });
    assert.equal(phase, "Succeeded");
    const outcomes = (syncResult?.resources ?? []).map(({ kind, name, status = "" }) => `${kind} ${name} ${status}`);
    assert.ok(outcomes.includes(`Namespace ${namespace} PruneSkipped`), outcomes.join("\n"));
    assert.ok(outcomes.includes(`PodDisruptionBudget ${budget} Pruned`), outcomes.join("\n"));
    await plane.kubectl("get", "namespace", namespace);
  });
});

/** The dev stack, whose region Argo CD syncs. */
function devWithArgocd(url: string): unknown {
  const platform = platformOf("dev");
  for (const region of Object.values(platform.regions as Record<string, object>)) {
    Object.assign(region, { argocd: { cluster: "in-cluster" } });
  }
  return {
    ...platform,
    argocd: {
      target: { render: "deploy/argocd" },
      version: "3.2.11",
      repositories: { deploy: { url, existing: true } },
      platform: {
        ...{ repository: "deploy", revision: "main" },
        // Nothing here ends a deletion in the foreground: that is the garbage collector's. The tests sync when they look.
        sync: { automated: false, retries: 0, propagation: "background" },
      },
    },
  };
}

function filesIn(folder: string, below: string): Files {
  return Object.fromEntries(
    readdirSync(join(folder, below), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((path) => [relative(folder, path), readFileSync(path, "utf8")]),
  );
}

/** Name and path of the first object of a kind. */
function fileOf(kind: string, files: Files): [string, string] | [] {
  const found = Object.entries(files)
    .map(([path, text]) => ({ path, manifest: parse(text) as Manifest }))
    .find(({ manifest }) => manifest.kind === kind);
  return found === undefined ? [] : [found.manifest.metadata.name, found.path];
}

/** Says of every workload, as its controller would, that all of it is there. */
async function markReady(plane: ControlPlane): Promise<void> {
  const list = parse(
    await plane.kubectl("get", "deployments,statefulsets,poddisruptionbudgets", "-A", "-o", "json"),
  ) as {
    items: {
      kind: string;
      metadata: { name: string; namespace: string; generation: number };
      spec: { replicas: number };
    }[];
  };
  for (const { kind, metadata, spec } of list.items) {
    const { replicas } = spec;
    const all = { replicas, readyReplicas: replicas, updatedReplicas: replicas, availableReplicas: replicas };
    const condition = { reason: "SufficientPods", message: "", lastTransitionTime: "2026-01-01T00:00:00Z" };
    const budget = { currentHealthy: 3, desiredHealthy: 2, disruptionsAllowed: 1, expectedPods: 3 };
    const status = {
      observedGeneration: metadata.generation,
      ...(kind === "PodDisruptionBudget"
        ? { ...budget, conditions: [{ ...condition, type: "DisruptionAllowed", status: "True" }] }
        : all),
      ...(kind === "StatefulSet" ? { currentRevision: "a", updateRevision: "a", currentReplicas: replicas } : {}),
    };
    const where = ["-n", metadata.namespace, "patch", kind.toLowerCase(), metadata.name];
    await plane.kubectl(...where, "--subresource=status", "--type=merge", "-p", JSON.stringify({ status }));
  }
}
