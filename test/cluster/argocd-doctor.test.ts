import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { patchText } from "../../cli/argocd.ts";
import { applicationsIn } from "../../cli/argocd/application.ts";
import { syncApplication } from "../../cli/argocd/sync.ts";
import { examine } from "../../cli/doctor/argocd/examine.ts";
import { linesOf } from "../../cli/doctor/check.ts";
import { pluginConfigMap } from "../../components/argocd/repo-server.ts";
import { argocdSchema } from "../../config/argocd/schema.ts";
import type { PlannedApplication } from "../../config/argocd/plan.ts";
import { kubeConfigOf } from "../../providers/kubernetes/cluster.ts";
import { succeed } from "../../tools/cluster/box.ts";
import { startArgocd, type Argocd } from "./support/argocd.ts";
import { startControlPlane, type ControlPlane } from "./support/control-plane.ts";
import { makeRepository } from "./support/git.ts";

const HOST = "git.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample";

const settings = argocdSchema.parse({
  target: { render: "deploy/argocd" },
  version: "3.2.11",
  plugin: { image: "registry.example/helmfile:1" },
  progressiveSyncs: true,
  repositories: { charts: { url: "ssh://git@git.example/team/charts.git", existing: true, knownHosts: [HOST] } },
  notifications: [{ trigger: "on-sync-failed", service: "slack", recipients: ["ops"] }],
});

const planned = [
  { name: "made", generators: true, destination: { cluster: "in-cluster" }, namespaces: ["made"] },
] as unknown as PlannedApplication[];

// Argo CD's programs run beside the cluster, so that its Deployments are objects without pods, as its manifests have them.
describe("an Argo CD", () => {
  let plane: ControlPlane | undefined;
  let argocd: Argocd | undefined;
  before(async () => {
    plane = await startControlPlane();
    argocd = await startArgocd(plane);
  });
  after(async () => {
    await argocd?.stop();
    await plane?.stop();
  });

  const config = () => kubeConfigOf({ context: "ring", clusterIdentifier: "ring", kubeconfig: plane?.kubeconfig });
  const problems = async () =>
    (await examine(config(), settings, planned)).flatMap(linesOf).filter((line) => line.startsWith("wrong"));
  const about = (lines: readonly string[]) => [...new Set(lines.map((line) => /^wrong {2}([^:]+)/.exec(line)?.[1]))];

  test("is told all that it lacks, and has it once it was given what the commands print", async () => {
    assert.ok(plane && argocd);
    assert.deepEqual(about(await problems()), [
      ...["parts", "health checks", "helmfile plugin", "time for rendering", "progressive syncs", "SSH hosts"],
      ...["access to its own cluster", "notifications", "generators"],
    ]);

    await plane.apply(
      ...["repo-server", "applicationset-controller"].map((name) => workload("Deployment", name)),
      workload("StatefulSet", "application-controller"),
      ...accessOf("argocd-application-controller"),
      { apiVersion: "v1", kind: "ConfigMap", ...pluginConfigMap("argocd") },
    );
    const script = join(plane.folder, "patch.sh");
    writeFileSync(script, patchText(settings));
    await succeed("env", [`KUBECONFIG=${plane.kubeconfig}`, "sh", "-eu", script]);
    const ready = [
      "--subresource=status",
      "--type=merge",
      "-p",
      JSON.stringify({ status: { replicas: 1, readyReplicas: 1 } }),
    ];
    for (const [kind, name] of [
      ["deployment", "repo-server"],
      ["deployment", "applicationset-controller"],
      ["statefulset", "application-controller"],
    ] as const) {
      await plane.kubectl("-n", "argocd", "patch", kind, `argocd-${name}`, ...ready);
    }
    const key = { data: { "service.slack": "token: $slack-token\n" } };
    await plane.kubectl(
      "-n",
      "argocd",
      "patch",
      "configmap",
      "argocd-notifications-cm",
      "--type=merge",
      "-p",
      JSON.stringify(key),
    );
    const known = [
      "get",
      "configmap",
      "argocd-ssh-known-hosts-cm",
      "-n",
      "argocd",
      "-o",
      "jsonpath={.data.ssh_known_hosts}",
    ];
    const hosts = await plane.kubectl(...known);
    assert.ok(hosts.includes(HOST) && hosts.includes("github.com ssh-ed25519 "));
    await succeed("env", [`KUBECONFIG=${plane.kubeconfig}`, "sh", "-eu", script]);
    assert.equal(await plane.kubectl(...known), hosts, "what is there is not added again");
    assert.deepEqual(about(await problems()), ["generators"]);
  });

  test("is seen to have skipped hooks, which a sync that the command asks for runs", async () => {
    assert.ok(plane && argocd);
    const repository = await makeRepository(plane.folder, {
      "made/kept.yaml": manifest("kept", {}),
      "made/generated.yaml": manifest("generated", { "argocd.argoproj.io/hook": "Sync" }),
    });
    await plane.kubectl("create", "namespace", "made");
    await argocd.apply({
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Application",
      metadata: { name: "made", namespace: "argocd" },
      spec: {
        project: "default",
        source: { repoURL: repository.url, targetRevision: "HEAD", path: "made" },
        destination: { server: "https://kubernetes.default.svc", namespace: "made" },
        syncPolicy: { syncOptions: ["ServerSideApply=true"] },
      },
    });
    await argocd.refresh("made");
    await argocd.sync("made", { resources: [{ kind: "ConfigMap", name: "kept" }] });
    const generators = async () => (await problems()).filter((line) => line.includes("generators"));
    assert.match(
      (await generators()).join("\n"),
      /made: its last sync ran no hooks \(it was a sync of some objects only/,
    );
    await assert.rejects(plane.kubectl("-n", "made", "get", "configmap", "generated"), /not found/);

    const { isSuccess, lines } = await syncApplication(applicationsIn(config(), "argocd"), "made");
    assert.equal(isSuccess, true, lines.join("\n"));
    assert.match(lines.join("\n"), /^made: Succeeded: .*\n {2}Sync hook ConfigMap\/made\/generated: Succeeded/);
    assert.deepEqual(await generators(), []);
    await plane.kubectl("-n", "made", "get", "configmap", "generated");
    // The controller looks for the sync options in the operation alone.
    const managers = await plane.kubectl(
      "-n",
      "made",
      "get",
      "configmap",
      "kept",
      "--show-managed-fields",
      "-o",
      "json",
    );
    assert.match(managers, /"manager": "argocd-controller",\s*"operation": "Apply"/);
  });
});

function manifest(name: string, annotations: Record<string, string>): string {
  return JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, annotations }, data: { a: "b" } });
}

/** A part of Argo CD, with what its manifests have of it that the checks look at. */
function workload(kind: "Deployment" | "StatefulSet", component: string): object {
  const name = `argocd-${component}`;
  const labels = { "app.kubernetes.io/name": name };
  const container = {
    name,
    image: "quay.io/argoproj/argocd:v3.2.11",
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
  };
  const volumes = ["tmp", "var-files", "plugins"].map((volume) => ({ name: volume, emptyDir: {} }));
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name, namespace: "argocd", labels: { ...labels, "app.kubernetes.io/component": component } },
    spec: {
      selector: { matchLabels: labels },
      ...(kind === "StatefulSet" ? { serviceName: name } : {}),
      template: { metadata: { labels }, spec: { serviceAccountName: name, containers: [container], volumes } },
    },
  };
}

/** What lets an account do everything, as in Argo CD's manifests for a whole cluster, and the ConfigMap of notifications. */
function accessOf(account: string): object[] {
  const api = "rbac.authorization.k8s.io/v1";
  return [
    {
      apiVersion: api,
      kind: "ClusterRole",
      metadata: { name: account },
      rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }],
    },
    {
      apiVersion: api,
      kind: "ClusterRoleBinding",
      metadata: { name: account },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: account },
      subjects: [{ kind: "ServiceAccount", name: account, namespace: "argocd" }],
    },
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "argocd-notifications-cm", namespace: "argocd" } },
  ];
}
