import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkAccess } from "../../../../cli/doctor/argocd/access.ts";
import { checksOf, namespacesInCluster } from "../../../../cli/doctor/argocd/checks.ts";
import { checkHooks } from "../../../../cli/doctor/argocd/hooks.ts";
import { checkParts, checkVersion } from "../../../../cli/doctor/argocd/parts.ts";
import { linesOf } from "../../../../cli/doctor/check.ts";
import type { PlannedApplication } from "../../../../config/argocd/plan.ts";
import { assertProblems, installation, part } from "./installation.ts";
import { argocdSettings } from "./settings.ts";

const plugin = { image: "registry.example/helmfile:1" };

describe("an Argo CD", () => {
  test("with which all is well has one line for each check", () => {
    const lines = checksOf(installation(), argocdSettings(), []).flatMap(linesOf);
    assert.deepEqual(lines, [
      "ok     parts: application-controller, repo-server, applicationset-controller in namespace argocd",
      "ok     version: 3.2.11",
      "ok     tracking: by annotation",
      "ok     health checks: 11 kinds",
      "ok     access to its own cluster: as much as Applications need",
      "ok     argocd-rbac-cm: nobody may do anything by default",
    ]);
  });

  test("has a line for each problem, and further checks for what a stack uses", () => {
    const settings = argocdSettings({
      plugin,
      progressiveSyncs: true,
      repositories: { charts: { url: "git@git.example:team/charts.git", existing: true } },
      notifications: [{ trigger: "on-sync-failed", service: "slack", recipients: ["ops"] }],
    });
    const generator = { name: "glass-ui", generators: true } as PlannedApplication;
    const checks = checksOf(installation(), settings, [generator]);
    const wrong = checks.filter(({ problems }) => problems.length > 0).map(({ about }) => about);
    assert.deepEqual(wrong, [
      ...["helmfile plugin", "time for rendering", "progressive syncs", "SSH hosts"],
      ...["notifications", "generators"],
    ]);
    assert.deepEqual(linesOf({ about: "a", found: "b", problems: ["c", "d"] }), ["wrong  a: c", "wrong  a: d"]);
  });

  test("lacks kinds and parts", () => {
    const { "application-controller": controller } = installation().workloads;
    const idle = { ...part("repo-server"), status: {} };
    assertProblems(
      checkParts(
        installation({
          kinds: ["AppProject", "Application"],
          workloads: { ...(controller && { "application-controller": controller }), "repo-server": idle },
        }),
      ),
      /^found no kind ApplicationSet\.argoproj\.io/,
      /^no pod of repo-server is ready/,
      /^found no applicationset-controller in namespace argocd/,
    );
  });

  test("is another version than the configuration says, or one that says nothing of its version", () => {
    const workloads = {
      "application-controller": part("application-controller", "mirror.example:5000/argoproj/argocd:v3.3.1@sha256:ab"),
      "repo-server": part("repo-server", "mirror.example/argocd@sha256:ab"),
    };
    assertProblems(
      checkVersion({ workloads }, { version: "3.2.11", hasGenerators: false }),
      /^application-controller: found 3\.3\.1, but argocd\.version is 3\.2\.11/,
      /^repo-server: found neither/,
    );
    const labelled = part("repo-server", "mirror.example/argocd@sha256:ab");
    const labels = { ...labelled.metadata?.labels, "app.kubernetes.io/version": "v3.2.11" };
    const byLabel = { "repo-server": { ...labelled, metadata: { ...labelled.metadata, labels } } };
    assertProblems(checkVersion({ workloads: byLabel }, { version: "3.2.11", hasGenerators: false }));
  });

  for (const [version, isBad] of [
    ["3.3.9", false],
    ["3.4.0", true],
    ["3.4.4", true],
    ["3.4.5", false],
    ["3.5.0", false],
  ] as const) {
    test(`of version ${version} ${isBad ? "does not run" : "runs"} generators in automated syncs`, () => {
      const workloads = {
        "application-controller": part("application-controller", `quay.io/argoproj/argocd:v${version}`),
      };
      const { problems } = checkVersion({ workloads }, { version, hasGenerators: true });
      assert.deepEqual(
        problems.map((it) => /^\S+ runs no hooks in automated syncs/.test(it)),
        isBad ? [true] : [],
      );
      assertProblems(checkVersion({ workloads }, { version, hasGenerators: false }));
    });
  }
});

describe("generators", () => {
  const applications = (sync: object) => [
    {
      metadata: { name: "glass-ui" },
      spec: {},
      status: { operationState: { phase: "Succeeded", operation: { sync } } },
    },
  ];

  test("had no chance to run in a sync of some objects, or with the strategy apply", () => {
    const check = (sync: object) => checkHooks({ applications: applications(sync) }, [{ name: "glass-ui" }]);
    assertProblems(check({ revision: "abc" }));
    assertProblems(check({ resources: [{ kind: "Deployment" }] }), /self-healing is\): .*argocd sync glass-ui/);
    assertProblems(check({ syncStrategy: { apply: {} } }), /strategy apply/);
  });

  test("are of no Application, or of one that was never synced", () => {
    assertProblems(checkHooks({ applications: [] }, [{ name: "glass-ui" }]), /found no such Application/);
    const fresh = [{ metadata: { name: "glass-ui" }, spec: {} }];
    assertProblems(checkHooks({ applications: fresh }, [{ name: "glass-ui" }]), /never been synced/);
  });
});

test("the controller may not deploy to its own cluster, which only those may ask who may", () => {
  assertProblems(checkAccess({ denied: ["glass"] }), /may not create Deployments in namespace glass/);
  assertProblems(checkAccess({ denied: [] }));
  assert.match(checkAccess({ denied: undefined }).found, /^not known/);
});

test("only Applications of Argo CD's own cluster are asked for, and each namespace once", () => {
  const planned = [
    { destination: { cluster: "in-cluster" }, namespaces: ["a", "b"] },
    { destination: { cluster: "in-cluster" }, namespaces: ["b"] },
    { destination: { cluster: "eu-east" }, namespaces: ["c"] },
  ] as unknown as PlannedApplication[];
  assert.deepEqual(namespacesInCluster(planned), ["a", "b"]);
});
