import assert from "node:assert/strict";
import { test } from "node:test";
import { appProject } from "../../../components/argocd/project.ts";
import type { PlannedApplication } from "../../../config/argocd/plan.ts";
import { merge } from "../../../config/merge.ts";
import { parsePlatform } from "../../../config/parse.ts";
import { platformOf } from "../../support/program.ts";
import { madeWith } from "./argocd.ts";

const git = { url: "ssh://git@github.com/team/charts.git", existing: true };
const registry = { url: "oci://registry.example/charts", type: "oci", existing: true };
const east = { server: "https://east.example", gke: true };

/** The project of these Applications, with Argo CD's settings and what else a platform has. */
function projectOf(planned: readonly Partial<PlannedApplication>[], argocd: object = {}, more: object = {}) {
  const settings = {
    target: { render: "deploy/argocd" },
    version: "3.2.11",
    repositories: { git, registry },
    ...argocd,
  };
  const platform = parsePlatform(
    merge(
      merge(platformOf("dev"), { argocd: { clusters: { east, local: { ...east, server: "https://local.example" } } } }),
      merge({ argocd: settings }, more),
    ),
  );
  assert.ok(platform.argocd);
  return appProject(platform.argocd, planned.map(application), platform);
}

function application(changed: Partial<PlannedApplication>): PlannedApplication {
  return {
    ...{
      name: "app",
      path: ["argocd", "applications", "app"],
      repository: "git",
      revision: "main",
      source: { path: "x" },
    },
    ...{ rendering: { by: "helm", releaseName: "app", valueFiles: [], values: {}, skipCrds: false } },
    ...{ destination: { cluster: "east", namespace: "orders" }, regions: ["local"], namespaces: ["orders"] },
    ...{ sync: { createNamespace: false } as PlannedApplication["sync"], removal: "keep", generators: false },
    ...{ manifestPaths: [], labels: {}, madeBy: "program" },
    ...changed,
  };
}

test("a project permits the sources and destinations of its Applications, each once, and nothing else", () => {
  const { metadata, spec } = projectOf([
    {},
    { repository: "registry" },
    { destination: { cluster: "in-cluster", namespace: "tools" }, namespaces: ["tools", "nats"] },
  ]);
  assert.deepEqual(metadata, {
    ...{ name: "nats-platform", namespace: "argocd" },
    labels: { "app.kubernetes.io/managed-by": "nats-platform" },
  });
  assert.deepEqual(spec, {
    sourceRepos: ["ssh://git@github.com/team/charts.git", "registry.example/charts"],
    destinations: [
      { name: "east", namespace: "orders" },
      { server: "https://kubernetes.default.svc", namespace: "tools" },
      { server: "https://kubernetes.default.svc", namespace: "nats" },
    ],
  });
});

test("an Application that leaves namespaces to its objects is permitted none, and each of theirs: never all", () => {
  const { spec } = projectOf([{ destination: { cluster: "east" }, namespaces: ["a", "b"] }]);
  assert.deepEqual(spec.destinations, [
    { name: "east" },
    { name: "east", namespace: "a" },
    { name: "east", namespace: "b" },
  ]);
});

test("what the configuration names beside is permitted too, and what it has twice stands once", () => {
  const project = {
    ...{ name: "fleet", description: "The fleet.", repositories: ["https://charts.example", git.url] },
    destinations: [
      { cluster: "in-cluster", namespace: "tools" },
      { cluster: "east", namespace: "orders" },
      { cluster: "*", namespace: "nats-*" },
    ],
    ...{ clusterKinds: [{ kind: "Namespace" }, { group: "apiextensions.k8s.io", kind: "CustomResourceDefinition" }] },
    ...{ deniedKinds: [{ kind: "ResourceQuota" }, { kind: "ResourceQuota" }], warnOfOrphans: true },
  };
  const { metadata, spec } = projectOf([{ sync: { createNamespace: true } as PlannedApplication["sync"] }], {
    project,
  });
  assert.equal(metadata.name, "fleet");
  assert.deepEqual(spec, {
    description: "The fleet.",
    sourceRepos: [git.url, "https://charts.example"],
    destinations: [
      { name: "east", namespace: "orders" },
      { server: "https://kubernetes.default.svc", namespace: "tools" },
      { name: "*", namespace: "nats-*" },
    ],
    clusterResourceWhitelist: [
      { group: "", kind: "Namespace" },
      { group: "apiextensions.k8s.io", kind: "CustomResourceDefinition" },
    ],
    namespaceResourceBlacklist: [{ group: "", kind: "ResourceQuota" }],
    orphanedResources: { warn: true },
  });
});

test("windows, roles and subscriptions are as Argo CD reads them", () => {
  const project = {
    windows: [{ kind: "deny", schedule: "0 22 * * *", duration: "90m", timeZone: "Europe/Berlin" }],
    roles: { ci: { description: "CI", groups: ["team:ci"], allow: ["get", "sync", "action/*"] }, all: {} },
  };
  const notifications = [{ trigger: "on-sync-failed", service: "slack", recipients: ["nats", "ops"] }];
  const { metadata, spec } = projectOf([{}], { project, notifications });
  assert.deepEqual(spec.syncWindows, [
    {
      ...{ kind: "deny", schedule: "0 22 * * *", duration: "1h30m0s", timeZone: "Europe/Berlin" },
      ...{ applications: ["*"], manualSync: false },
    },
  ]);
  const policy = (role: string, action: string) =>
    `p, proj:nats-platform:${role}, applications, ${action}, nats-platform/*, allow`;
  assert.deepEqual(spec.roles, [
    {
      ...{ name: "ci", description: "CI", groups: ["team:ci"] },
      policies: [policy("ci", "get"), policy("ci", "sync"), policy("ci", "action/*")],
    },
    { name: "all", policies: [policy("all", "get")] },
  ]);
  assert.deepEqual(metadata.annotations, {
    "notifications.argoproj.io/subscribe.on-sync-failed.slack": "nats;ops",
  });
});

const rendered = { rendering: { by: "directory" } } as const;
const kindsOf = (planned: Partial<PlannedApplication>, more: object = {}) =>
  (projectOf([planned], {}, more).spec.clusterResourceWhitelist ?? []).map(({ kind }) => kind);

test("Applications that make their namespace may make namespaces, but not those without one in their destination", () => {
  const sync = { createNamespace: true } as PlannedApplication["sync"];
  assert.deepEqual(kindsOf({ sync }), ["Namespace"]);
  assert.deepEqual(kindsOf({ sync, destination: { cluster: "east" } }), []);
});

test("the platform's Applications may make the kinds without a namespace that its manifests have", async () => {
  const regions = (region: object) => ({ regions: { local: region } });
  assert.deepEqual(kindsOf(rendered), ["Namespace"]);
  const bare = { nats: { createNamespace: false }, mqttBridges: { mosquitto: { createNamespace: false } } };
  assert.deepEqual(kindsOf(rendered, regions(bare)), []);
  const image = "controller.example/nats:1";
  assert.deepEqual(kindsOf(rendered, regions({ discovery: { image } })), [
    ...["Namespace", "ClusterRole", "ClusterRoleBinding"],
  ]);
  assert.deepEqual(kindsOf(rendered, regions({ discovery: { image, namespace: "apps" } })), ["Namespace"]);
  const vault = { keys: { store: "vault", address: "https://vault.example", path: "nats" } };
  const store = { ...vault, ...regions({ externalSecrets: { kind: "ClusterSecretStore" } }) };
  assert.deepEqual(kindsOf(rendered, store), ["Namespace", "ClusterSecretStore"]);
  // What the program really renders for such a region.
  for (const more of [{}, store, regions({ discovery: { image } })]) {
    const { all } = await madeWith({}, more);
    const made = new Set(
      all.filter(({ path }) => path.startsWith("deploy/local")).map(({ manifest }) => manifest.kind),
    );
    const isClusterKind = (kind: string) => kind === "Namespace" || kind.startsWith("Cluster");
    assert.deepEqual([...made].filter(isClusterKind).sort(), kindsOf(rendered, more).sort());
  }
});
