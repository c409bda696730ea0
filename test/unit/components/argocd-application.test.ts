import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { application } from "../../../components/argocd/application.ts";
import type { ApplicationSpec } from "../../../components/target/argo-cd.ts";
import { plannedApplications } from "../../../config/argocd/plan.ts";
import { manifestsOf, runProgram } from "../../support/program.ts";
import { AGENTS, argocdInput, argocdPlatform, GLASS_UI } from "../config/argocd-stack.ts";

/** The first Application of a configuration. */
function made(...yaml: readonly string[]) {
  const platform = argocdPlatform(...yaml);
  const [planned] = plannedApplications(platform);
  assert.ok(planned);
  return application(planned, platform.argocd);
}

function synced(sync: string): ApplicationSpec {
  return made(GLASS_UI, `argocd: { applications: { glass-ui: { sync: ${sync} } } }`).spec;
}

/** Paths of empty maps and lists. */
function emptyIn(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  const entries = Object.entries(value);
  return entries.length === 0 ? [path] : entries.flatMap(([key, it]) => emptyIn(it, `${path}/${key}`));
}

test("the seed's control plane is one whole Application", () => {
  assert.deepEqual(made(GLASS_UI, "argocd: { applications: { glass-ui: { values: { replicas: 2 } } } }"), {
    metadata: { name: "glass-ui", namespace: "argocd", labels: { "nats-platform/region": "eu-east" } },
    spec: {
      project: "nats-platform",
      source: {
        repoURL: "https://git.example/team/charts.git",
        targetRevision: "main",
        path: "helm/glass-ui",
        helm: { releaseName: "glass-ui", valueFiles: ["values-argocd.yaml"], valuesObject: { replicas: 2 } },
      },
      destination: { name: "eu-east", namespace: "glass" },
      syncPolicy: {
        automated: { prune: true, selfHeal: true },
        syncOptions: ["ServerSideApply=true", "FailOnSharedResource=true"],
        retry: { limit: 5, backoff: { duration: "5s", factor: 2, maxDuration: "3m0s" } },
      },
    },
  });
});

describe("where it goes", () => {
  test("a cluster is named, and never with its address beside", () => {
    assert.deepEqual(made(GLASS_UI).spec.destination, { name: "eu-east", namespace: "glass" });
  });

  test("Argo CD's own cluster has an address that is the same everywhere", () => {
    const { destination } = made(GLASS_UI, "argocd: { applications: { glass-ui: { region: home } } }").spec;
    assert.deepEqual(destination, { server: "https://kubernetes.default.svc", namespace: "glass" });
  });
});

describe("sources", () => {
  test("a chart of a repository of charts is named, not found in a folder", () => {
    const { spec } = made(`
argocd:
  applications:
    nack: { repository: charts, revision: 0.33.0, chart: nack, region: home, namespace: nack, skipCrds: true }
`);
    const helm = { releaseName: "nack", skipCrds: true };
    assert.deepEqual(spec.source, { repoURL: "https://charts.example", targetRevision: "0.33.0", chart: "nack", helm });
  });

  test("the platform's manifests are read from all folders of its region", () => {
    const { spec } = made("argocd: { platform: { repository: team, revision: main } }");
    assert.deepEqual(spec.source.directory, { recurse: true });
    assert.ok(!("helm" in spec.source));
  });

  test("paths of commits are told from the repository's root", () => {
    const { metadata } = made(
      GLASS_UI,
      "argocd: { applications: { glass-ui: { manifestPaths: [helm/glass-ui, helm/common, .] } } }",
    );
    const annotations = { "argocd.argoproj.io/manifest-generate-paths": "/helm/glass-ui;/helm/common;/" };
    assert.deepEqual(metadata.annotations, annotations);
  });
});

describe("how it is synced", () => {
  test("every option has the name that Argo CD knows", () => {
    const all =
      "{ createNamespace: true, outOfSyncOnly: true, pruneLast: true, propagation: background, allowEmpty: true, ignore: [{ kind: Service, jsonPointers: [/spec/clusterIP] }] }";
    assert.deepEqual(synced(all).syncPolicy?.syncOptions, [
      "CreateNamespace=true",
      "ServerSideApply=true",
      "ApplyOutOfSyncOnly=true",
      "PruneLast=true",
      "PrunePropagationPolicy=background",
      "FailOnSharedResource=true",
      "RespectIgnoreDifferences=true",
    ]);
    assert.deepEqual(synced(all).syncPolicy?.automated, { prune: true, selfHeal: true, allowEmpty: true });
  });

  test("a person syncs where Argo CD doesn't: nothing is automated, and the rest stays", () => {
    const { syncPolicy } = synced("{ automated: false }");
    assert.ok(syncPolicy && !("automated" in syncPolicy));
    assert.ok(syncPolicy.syncOptions);
  });

  test("what Argo CD would take away when it writes the object is not there: false, 0 and what is empty", () => {
    const none = "{ prune: false, selfHeal: false, serverSideApply: false, failOnShared: false, retries: 0 }";
    assert.deepEqual(synced(none).syncPolicy, {
      automated: { enabled: true },
      retry: { backoff: { duration: "5s", factor: 2, maxDuration: "3m0s" } },
    });
  });

  test("retries end where none are wanted: without retry Argo CD would try five times", () => {
    const { retry } = synced("{ retries: 0 }").syncPolicy ?? {};
    assert.ok(retry && !("limit" in retry));
  });

  test("times are such as Go reads", () => {
    const { retry } = synced("{ backoff: { duration: 90s, factor: 3, max: 1d } }").syncPolicy ?? {};
    assert.deepEqual(retry?.backoff, { duration: "1m30s", factor: 3, maxDuration: "24h0m0s" });
  });

  test("differences that don't count are named in full, and without what is not said", () => {
    const ignored =
      "[{ group: apps, kind: Deployment, name: a, jqPathExpressions: [.spec.replicas] }, { kind: Secret, namespace: n, managers: [m] }]";
    assert.deepEqual(synced(`{ ignore: ${ignored} }`).ignoreDifferences, [
      { group: "apps", kind: "Deployment", name: "a", jqPathExpressions: [".spec.replicas"] },
      { kind: "Secret", namespace: "n", managedFieldsManagers: ["m"] },
    ]);
  });

  test("no history at all can be asked for", () => {
    assert.equal(synced("{ history: 0 }").revisionHistoryLimit, 0);
    assert.ok(!("revisionHistoryLimit" in synced("{}")));
  });

  test("3.0 does not know enabled", () => {
    const { syncPolicy } = made(
      GLASS_UI,
      "argocd: { version: 3.0.20, applications: { glass-ui: { sync: { prune: false, selfHeal: false } } } }",
    ).spec;
    assert.deepEqual(syncPolicy?.automated, {});
  });
});

describe("when it goes", () => {
  test("its workloads stay, unless they are to be deleted", () => {
    assert.ok(!("finalizers" in made(GLASS_UI).metadata));
    const { metadata } = made(GLASS_UI, "argocd: { applications: { glass-ui: { removal: delete } } }");
    assert.deepEqual(metadata.finalizers, ["resources-finalizer.argocd.argoproj.io/foreground"]);
  });
});

test("a wave is an annotation, and wave 0 is none", () => {
  const wave = (it: number) =>
    made(GLASS_UI, `argocd: { applications: { glass-ui: { wave: ${String(it)} } } }`).metadata.annotations;
  assert.deepEqual(wave(-2), { "argocd.argoproj.io/sync-wave": "-2" });
  assert.equal(wave(0), undefined);
});

test("no Application has anything empty in it", () => {
  const platform = argocdPlatform(AGENTS, GLASS_UI, "argocd: { platform: { repository: team, revision: main } }");
  const all = plannedApplications(platform).map((it) => application(it, platform.argocd));
  assert.equal(all.length, 9);
  assert.deepEqual(emptyIn(all), []);
});

test("each Application is a file in Argo CD's folder", async () => {
  const registrations = await runProgram({ stack: "dev", fixed: true, platform: argocdInput(AGENTS, GLASS_UI) });
  const paths = manifestsOf(registrations).map(({ path }) => path);
  const folder = "deploy/argocd/6-applications/application.argocd.";
  assert.deepEqual(
    paths.filter((path) => path.startsWith(folder)).sort(),
    [
      "agents-auth-eu-east",
      "agents-auth-home",
      "agents-auth-us-west",
      "agents-recursor-eu-east",
      "agents-recursor-us-west",
      "glass-ui",
    ].map((name) => `${folder}${name}.yaml`),
  );
});

test("in a cluster Pulumi has of an Application what is ours, and nothing that Argo CD writes", async () => {
  const input = argocdInput(GLASS_UI) as { argocd: object };
  const platform = { ...input, argocd: { ...input.argocd, target: { context: "hub" } } };
  const registrations = await runProgram({ stack: "dev", fixed: true, platform });
  const [made, ...others] = registrations.filter(({ type }) => type === "kubernetes:argoproj.io/v1alpha1:Application");
  assert.deepEqual(others, []);
  assert.equal(made?.name, "argocd.glass-ui");
  assert.match(made.provider, /pulumi:providers:kubernetes::argocd.target::/);
  const { metadata, spec, ...rest } = made.inputs as { metadata: { annotations: object }; spec: unknown };
  assert.deepEqual(Object.keys(rest).sort(), ["apiVersion", "kind"]);
  assert.deepEqual(metadata.annotations, { "pulumi.com/patchForce": "true" });
  const expected = argocdPlatform(GLASS_UI);
  const [planned] = plannedApplications(expected);
  assert.ok(planned);
  assert.deepEqual(spec, application(planned, expected.argocd).spec);
});
