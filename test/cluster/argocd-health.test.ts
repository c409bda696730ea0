import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { healthCustomizations } from "../../components/argocd/health.ts";
import { succeed } from "../../tools/cluster/box.ts";
import { programOfRing } from "./support/control-plane.ts";

interface Condition {
  readonly type: string;
  readonly status: "True" | "False";
  readonly observedGeneration?: number;
}

// The scripts, run by Argo CD itself: they are told what operators write, and have only the libraries that it gives them.
describe("what Argo CD makes of the health of", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "argocd-health-"));
    const metadata = { name: "argocd-cm", namespace: "argocd", labels: { "app.kubernetes.io/part-of": "argocd" } };
    write("argocd-cm.json", { apiVersion: "v1", kind: "ConfigMap", metadata, data: healthCustomizations });
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (name: string, content: object) => {
    writeFileSync(join(folder, name), JSON.stringify(content));
    return join(folder, name);
  };

  /** The health of an object: its status and what is said of it. */
  async function healthOf(apiVersion: string, kind: string, fields: object, generation = 3): Promise<string> {
    const object = write("object.json", { apiVersion, kind, metadata: { name: "a", generation }, ...fields });
    const said = await succeed(programOfRing("env"), [
      ...["ARGOCD_BINARY_NAME=argocd", programOfRing("argocd"), "admin", "settings", "resource-overrides", "health"],
      ...[object, "--argocd-cm-path", join(folder, "argocd-cm.json")],
    ]);
    const status = /^STATUS: (.*)$/m.exec(said)?.[1];
    const message = /^MESSAGE: (.*)$/m.exec(said)?.[1] ?? "";
    return `${status ?? said}: ${message}`;
  }

  test("an Application is that of what it has, and unsettled while it is synced", async () => {
    const health = (fields: object) => healthOf("argoproj.io/v1alpha1", "Application", fields);
    const degraded = { health: { status: "Degraded", message: "no" } };
    assert.equal(await health({}), "Progressing: Waiting for the application controller");
    assert.equal(await health({ status: degraded }), "Degraded: no");
    assert.equal(await health({ status: { health: { status: "Healthy" } } }), "Healthy: ");
    assert.equal(await health({ operation: { sync: {} }, status: degraded }), "Progressing: A sync is about to begin");
    const running = { ...degraded, operationState: { phase: "Running", message: "waiting for hook" } };
    assert.equal(await health({ status: running }), "Progressing: waiting for hook");
    const failed = { health: { status: "Healthy" }, operationState: { phase: "Failed" } };
    assert.equal(await health({ status: failed }), "Healthy: ");
  });

  for (const [kind, synchronized] of [
    ["GrafanaAlertRuleGroup", "AlertGroupSynchronized"],
    ["GrafanaContactPoint", "ContactPointSynchronized"],
    ["GrafanaDashboard", "DashboardSynchronized"],
    ["GrafanaFolder", "FolderSynchronized"],
    ["GrafanaNotificationPolicy", "NotificationPolicySynchronized"],
  ] as const) {
    test(`a ${kind} is what the Grafana operator says of it, and not healthy for the mere fact that it says something`, async () => {
      const health = (...conditions: Condition[]) =>
        healthOf("grafana.integreatly.org/v1beta1", kind, {
          status: { conditions: conditions.map((it) => ({ ...it, message: `${it.type} it is` })) },
        });
      assert.equal(await health(), "Progressing: Waiting for the Grafana operator");
      assert.equal(await health({ type: synchronized, status: "True" }), `Healthy: ${synchronized} it is`);
      assert.equal(await health({ type: synchronized, status: "False" }), `Degraded: ${synchronized} it is`);
      const synced = { type: synchronized, status: "True" } as const;
      for (const [type, status] of [
        ["NoMatchingInstance", "Degraded"],
        ["InvalidSpec", "Degraded"],
        ["NoMatchingFolder", "Progressing"],
        ["Suspended", "Suspended"],
      ] as const) {
        assert.equal(await health({ type, status: "True" }), `${status}: ${type} it is`);
        assert.equal(await health(synced, { type, status: "True" }), `${status}: ${type} it is`);
      }
      const old = { ...synced, observedGeneration: 2 };
      assert.equal(await health(old), "Progressing: Waiting for the Grafana operator");
      assert.equal(await health({ ...synced, observedGeneration: 3 }), `Healthy: ${synchronized} it is`);
    });
  }

  test("a tree of policies whose branches lead back to themselves is degraded", async () => {
    const loop = { type: "NotificationPolicyLoopDetected", status: "True", message: "Loop detected" };
    const status = { conditions: [loop] };
    const health = await healthOf("grafana.integreatly.org/v1beta1", "GrafanaNotificationPolicy", { status });
    assert.equal(health, "Degraded: Loop detected");
  });

  test("a branch of policies is healthy unless the Grafana operator says that it is wrong", async () => {
    const health = (...conditions: Condition[]) =>
      healthOf("grafana.integreatly.org/v1beta1", "GrafanaNotificationPolicyRoute", {
        status: { conditions: conditions.map((it) => ({ ...it, message: "exclusive" })) },
      });
    const wrong = { type: "InvalidSpec", status: "True" } as const;
    assert.equal(await healthOf("grafana.integreatly.org/v1beta1", "GrafanaNotificationPolicyRoute", {}), "Healthy: ");
    assert.equal(await health(), "Healthy: ");
    assert.equal(await health(wrong), "Degraded: exclusive");
    assert.equal(await health({ ...wrong, observedGeneration: 2 }), "Healthy: ");
  });

  for (const kind of ["Stream", "Consumer", "KeyValue", "ObjectStore"]) {
    test(`a ${kind} is what NACK says of it`, async () => {
      const health = (status: object | undefined) =>
        healthOf("jetstream.nats.io/v1beta2", kind, status ? { status } : {});
      const ready = (status: string) => ({ conditions: [{ type: "Ready", status, message: "so it is" }] });
      assert.equal(await health(undefined), "Progressing: Waiting for NACK");
      assert.equal(await health(ready("True")), "Healthy: so it is");
      assert.equal(await health(ready("False")), "Degraded: so it is");
      assert.equal(await health({ ...ready("True"), observedGeneration: 3 }), "Healthy: so it is");
      assert.equal(
        await health({ ...ready("True"), observedGeneration: 2 }),
        "Progressing: NACK has yet to see the change",
      );
    });
  }

  test("what Argo CD knows by itself is left to it", async () => {
    const status = { conditions: [{ type: "Ready", status: "False", message: "could not read" }] };
    for (const kind of ["ExternalSecret", "SecretStore", "ClusterSecretStore"]) {
      assert.equal(await healthOf("external-secrets.io/v1", kind, { status }), "Degraded: could not read");
    }
    assert.equal(await healthOf("external-secrets.io/v1alpha1", "PushSecret", { status }), "Degraded: could not read");
  });
});
