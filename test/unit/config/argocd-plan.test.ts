import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { plannedApplications, type PlannedApplication } from "../../../config/argocd/plan.ts";
import { namespacesOfRegion } from "../../../config/argocd/region-namespaces.ts";
import { parsePlatform } from "../../../config/parse.ts";
import { manifestsOf, platformOf, runProgram } from "../../support/program.ts";
import { AGENTS, argocdPlatform, GLASS_UI, plannedOf } from "./argocd-stack.ts";

/** Helm values of an Application. */
function valuesOf(planned: PlannedApplication | undefined): unknown {
  assert.ok(planned?.rendering.by === "helm");
  return planned.rendering.values;
}

describe("an Application with one source", () => {
  test("has the name of its key, its region's cluster, and a release of its own name", () => {
    const { "glass-ui": planned, ...others } = plannedOf(GLASS_UI);
    assert.deepEqual(others, {});
    assert.deepEqual(planned?.destination, { cluster: "eu-east", namespace: "glass" });
    assert.deepEqual(planned.labels, { "nats-platform/region": "eu-east" });
    assert.equal(planned.madeBy, "program");
    const files = ["values-argocd.yaml"];
    const rendering = { by: "helm", releaseName: "glass-ui", valueFiles: files, values: {}, skipCrds: false };
    assert.deepEqual(planned.rendering, rendering);
  });

  test("with generators tells the chart so, beside what it is told otherwise", () => {
    const values =
      "{ generators: true, values: { global: { argocd: { note: a, enabled: false }, other: 1 }, b: [1] } }";
    const { "glass-ui": planned } = plannedOf(GLASS_UI, `argocd: { applications: { glass-ui: ${values} } }`);
    assert.deepEqual(valuesOf(planned), { global: { argocd: { note: "a", enabled: true }, other: 1 }, b: [1] });
    assert.equal(planned?.generators, true);
  });
});

describe("a fleet", () => {
  test("has an Application for each region and component that has it, named and labelled after both", () => {
    const planned = Object.values(plannedOf(AGENTS));
    assert.deepEqual(
      planned.map(({ name, destination }) => [name, destination.cluster, destination.namespace]),
      [
        ["agents-auth-eu-east", "eu-east", "auth-eu-east"],
        ["agents-recursor-eu-east", "eu-east", "recursor-eu-east-000"],
        ["agents-auth-us-west", "shared", "auth-us-west"],
        ["agents-recursor-us-west", "shared", "recursor-us-west-000"],
        ["agents-auth-home", "in-cluster", "auth-home"],
      ],
    );
    assert.deepEqual(planned[3]?.labels, {
      "nats-platform/region": "us-west",
      "nats-platform/fleet": "agents",
      "nats-platform/component": "recursor",
    });
  });

  test("has paths of commits of its region", () => {
    const paths = 'argocd: { fleets: { agents: { manifestPaths: [helm, "values/{region}"] } } }';
    assert.deepEqual(plannedOf(AGENTS, paths)["agents-auth-home"]?.manifestPaths, ["helm", "values/home"]);
  });

  test("gives a region its own values over the component's, and its own values file", () => {
    const { "agents-auth-eu-east": planned, "agents-auth-home": other } = plannedOf(
      AGENTS,
      "regions: { eu-east: { argocd: { values: { agents: { auth: { log: { json: true }, shared: [2] } } } } } }",
    );
    assert.deepEqual(valuesOf(planned), { log: { level: "info", json: true }, shared: [2] });
    assert.deepEqual(valuesOf(other), { log: { level: "info" }, shared: [1] });
    assert.deepEqual(planned?.rendering.by === "helm" && planned.rendering.valueFiles, ["values-eu-east.yaml"]);
  });

  test("names releases after components: the namespaces keep those of regions apart", () => {
    const releases = Object.values(plannedOf(AGENTS)).map(({ rendering }) => rendering);
    const names = releases.map((it) => (it.by === "helm" ? it.releaseName : ""));
    assert.deepEqual([...new Set(names)].sort(), ["auth", "recursor"]);
  });

  test("is the same with an ApplicationSet, but for who makes it", () => {
    const byProgram = Object.values(plannedOf(AGENTS));
    const bySet = Object.values(plannedOf(AGENTS, "argocd: { fleets: { agents: { mode: applicationSet } } }"));
    assert.ok(bySet.every(({ madeBy }) => typeof madeBy === "object" && madeBy.applicationSet === "agents"));
    assert.deepEqual(
      bySet.map((it) => ({ ...it, madeBy: "program" })),
      byProgram,
    );
  });

  test("prunes unless it says otherwise", () => {
    assert.equal(plannedOf(AGENTS)["agents-auth-home"]?.sync.prune, true);
    const off = plannedOf(AGENTS, "argocd: { fleets: { agents: { sync: { prune: false } } } }");
    assert.equal(off["agents-auth-home"]?.sync.prune, false);
  });
});

test("a fleet may be nowhere for a while, between two modes", () => {
  assert.deepEqual(plannedOf(AGENTS, "argocd: { fleets: { agents: { regions: [] } } }"), {});
});

describe("the platform itself", () => {
  const platform = `
argocd: { platform: { repository: team, revision: main, path: nats/platform } }
accounts:
  SERVICES:
    users: { orders: { deliver: [{ region: eu-east, namespace: orders, secret: s }] } }
    allow: [{ region: "*", namespaces: [orders] }]
secrets:
  natsAuth: { a: { secretName: a, generate: true, deliver: [{ region: us-west, namespace: glass }] } }
`;

  test("is an Application of each region that renders its manifests, in the folder that they are in", () => {
    const planned = Object.values(plannedOf(platform));
    assert.deepEqual(
      planned.map(({ name, source, destination }) => [name, "path" in source && source.path, destination.namespace]),
      [
        ["nats-eu-east", "nats/platform/deploy/eu-east", "nats"],
        ["nats-us-west", "nats/platform/deploy/us-west", "nats"],
        ["nats-home", "nats/platform/deploy/home", "nats"],
      ],
    );
    assert.deepEqual(planned[0]?.rendering, { by: "directory" });
  });

  test("knows the namespaces that the manifests are in", () => {
    const vault = "keys: { store: vault, address: 'https://vault.example', path: team/nats }";
    const planned = plannedOf(platform, vault);
    assert.deepEqual(planned["nats-eu-east"]?.namespaces, ["nats", "orders"]);
    assert.deepEqual(planned["nats-us-west"]?.namespaces, ["glass", "nats"]);
    // Where keys are in the state, deliveries are Secrets, and not in Git.
    assert.deepEqual(plannedOf(platform)["nats-eu-east"]?.namespaces, ["nats"]);
  });

  test("leaves out a region that says so, and one that Pulumi applies to its cluster", () => {
    const planned = plannedOf(
      platform,
      "regions: { eu-east: { argocd: { platform: false } }, south: { target: { context: south } } }",
    );
    assert.deepEqual(Object.keys(planned), ["nats-us-west", "nats-home"]);
  });

  test("without a path is in the repository's root", () => {
    const planned = plannedOf("argocd: { platform: { repository: team, revision: main } }");
    assert.deepEqual(planned["nats-home"]?.source, { path: "deploy/home" });
  });
});

test("a region that nothing says the cluster of is nowhere, and not in Argo CD's own cluster", () => {
  const platform = argocdPlatform(AGENTS);
  const regions = { ...platform.regions, lost: platform.regions["eu-east"] } as typeof platform.regions;
  const planned = plannedApplications({ ...platform, regions });
  assert.equal(planned.length, 5);
  assert.ok(planned.every(({ regions: [region] }) => region !== "lost"));
});

test("without argocd there are no Applications", () => {
  const { argocd: _, ...platform } = argocdPlatform(AGENTS);
  assert.deepEqual(plannedApplications(platform), []);
});

test("the namespaces of a region are those that its manifests are in", async () => {
  const platform = parsePlatform(platformOf("prod"));
  const manifests = manifestsOf(await runProgram({ stack: "prod", fixed: true }));
  for (const [name, region] of Object.entries(platform.regions)) {
    assert.ok("render" in region.target);
    const { render, secrets } = region.target;
    const here = manifests.filter(({ path }) => path.startsWith(`${render}/`) || path.startsWith(`${secrets}/`));
    const namespaces = here.flatMap(({ manifest }) => manifest.metadata.namespace ?? []);
    assert.ok(namespaces.length > 10);
    assert.deepEqual([...new Set(namespaces)].sort(), namespacesOfRegion(platform, name, region));
  }
});
