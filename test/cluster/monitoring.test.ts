import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { refusedByGrafana } from "../support/refused-by-grafana.ts";
import {
  GRAFANA_API,
  type GrafanaAlertRuleGroupArgs,
  type GrafanaNotificationPolicyArgs,
  type GrafanaRoute,
} from "../../components/target/grafana-operator.ts";
import { PROMETHEUS_API } from "../../components/target/prometheus-operator.ts";
import type { Manifest } from "../../providers/manifest/yaml.ts";
import { manifestsOf, platformOf, runProgram } from "../support/program.ts";
import { startControlPlane, type ControlPlane } from "./support/control-plane.ts";
import { defineMonitoringKinds } from "./support/monitoring.ts";

interface RuleGroup extends Manifest {
  readonly metadata: { name: string; namespace: string };
  readonly spec: GrafanaAlertRuleGroupArgs["spec"] & Record<string, unknown>;
}

interface PolicyRoute extends Manifest {
  readonly metadata: { name: string; namespace: string };
  readonly spec: GrafanaRoute & Record<string, unknown>;
}

interface PolicyTree extends Manifest {
  readonly metadata: { name: string; namespace: string };
  readonly spec: GrafanaNotificationPolicyArgs["spec"] & Record<string, unknown>;
}

interface Deployment extends Manifest {
  readonly spec: { template: { spec: { hostNetwork?: boolean } } };
}

/** All policies of a Grafana, and a branch with everything that one can have. */
const withPolicies = {
  receiver: "on-call",
  notificationPolicy: {
    ...{ labels: { "acme.example/policies": "nats" }, whole: true, receivers: { critical: "pager", info: "chat" } },
    ...{ groupWait: "10s", groupInterval: "1m", repeatInterval: "1d12h" },
  },
};

/** What watches the dev region, with other settings of Grafana. */
async function watching(grafana: object = {}): Promise<Manifest[]> {
  const platform = structuredClone(platformOf("dev")) as {
    regions: { local: { monitoring: Record<string, unknown> } };
  };
  const { monitoring } = platform.regions.local;
  monitoring.grafana = { ...(monitoring.grafana as object), ...grafana };
  const manifests = manifestsOf(await runProgram({ stack: "dev", fixed: true, platform })).map((it) => it.manifest);
  return manifests.filter(({ apiVersion }) => apiVersion === GRAFANA_API || apiVersion === PROMETHEUS_API);
}

async function ruleGroup(): Promise<RuleGroup> {
  return (await copyOf("GrafanaAlertRuleGroup")) as RuleGroup;
}

/** The first object of a kind, to be changed. */
async function copyOf(wanted: string, grafana: object = {}): Promise<Manifest> {
  const found = (await watching(grafana)).find(({ kind }) => kind === wanted);
  assert.ok(found);
  return structuredClone(found);
}

/** Surveyor beside the dev region. */
async function surveyorsPod(): Promise<Deployment> {
  const role = { publish: ["$SYS.REQ.SERVER.PING"], subscribe: ["_INBOX.>"] };
  const platform = structuredClone(platformOf("dev")) as {
    accounts: { SYS: { roles: Record<string, object> } };
    regions: { local: { monitoring: Record<string, unknown> } };
  };
  platform.accounts.SYS.roles.surveyor = role;
  platform.regions.local.monitoring.surveyor = { role: "surveyor" };
  const made = manifestsOf(await runProgram({ stack: "dev", fixed: true, platform })).map((it) => it.manifest);
  const found = made.find(({ kind, metadata }) => kind === "Deployment" && metadata.name === "nats-surveyor");
  assert.ok(found);
  return found as Deployment;
}

// Every test goes on where the one before it ended.
describe("the kinds of the Prometheus operator and the Grafana operator", () => {
  let plane: ControlPlane;
  before(async () => {
    plane = await startControlPlane();
    await defineMonitoringKinds(plane);
    await plane.kubectl("create", "namespace", "nats");
  });
  after(() => plane.stop());

  test("take all that watches the dev region, field by field, with their rules over several fields", async () => {
    const all = await watching();
    const kinds = [...new Set(all.map(({ kind }) => kind))].sort();
    assert.deepEqual(kinds, [
      "GrafanaAlertRuleGroup",
      "GrafanaDashboard",
      "GrafanaFolder",
      "PodMonitor",
      "PrometheusRule",
    ]);
    await plane.apply(...all);
  });

  test("take a contact point with settings from a Secret, and alerts that go to it", async () => {
    const contactPoint = {
      type: "slack",
      settings: { recipient: "#nats" },
      secret: { name: "slack", keys: { url: "webhook" } },
    };
    const all = await watching({ receiver: "on-call", contactPoint });
    assert.ok(all.some(({ kind }) => kind === "GrafanaContactPoint"));
    await plane.apply(...all);
  });

  test("take the tree of all policies of a Grafana, and a branch of it", async () => {
    const all = await watching(withPolicies);
    const kinds = all.map(({ kind }) => kind).filter((kind) => kind.startsWith("GrafanaNotification"));
    assert.deepEqual(kinds.sort(), ["GrafanaNotificationPolicy", "GrafanaNotificationPolicyRoute"]);
    await plane.apply(...all);
  });

  test("look at nothing within a branch: so each way within ours is one that they take as a branch itself", async () => {
    const route = (await copyOf("GrafanaNotificationPolicyRoute", withPolicies)) as PolicyRoute;
    const { routes: within = [] } = route.spec;
    assert.equal(within.length, 2);
    for (const [at, spec] of within.entries()) {
      const metadata = { ...route.metadata, name: `within-${String(at)}` };
      await plane.apply({ ...route, metadata, spec });
      await assert.rejects(
        plane.apply({ ...route, metadata, spec: { ...spec, matcher: [] } }),
        /unknown field "matcher"/,
      );
      const nonsense = { ...spec, routes: [{ ...spec, matcher: [] }] };
      await plane.apply({ ...route, metadata, spec: nonsense });
      await plane.kubectl("delete", "grafananotificationpolicyroute", metadata.name, "-n", "nats");
    }
  });

  test("refuse a branch without a contact point, a tree that is for some alerts alone, and what they don't know", async () => {
    const branch = async (change: object) => {
      const route = (await copyOf("GrafanaNotificationPolicyRoute", withPolicies)) as PolicyRoute;
      return plane.apply({ ...route, spec: { ...route.spec, ...change } });
    };
    await branch({});
    await assert.rejects(branch({ receiver: "" }), /receiver/);
    await assert.rejects(branch({ receiver: undefined }), /missing required field "receiver"/);
    await assert.rejects(branch({ object_matchers: { nats_cluster: "local" } }), /object_matchers/);
    await assert.rejects(branch({ groupBy: ["alertname"] }), /unknown field "groupBy"/);
    const tree = async (change: object) => {
      const policy = (await copyOf("GrafanaNotificationPolicy", withPolicies)) as PolicyTree;
      return plane.apply({ ...policy, spec: { ...policy.spec, route: { ...policy.spec.route, ...change } } });
    };
    await tree({});
    const matchers = [["severity", "=", "critical"]];
    await assert.rejects(tree({ object_matchers: matchers }), /object_matchers is invalid on the top level route node/);
    await assert.rejects(tree({ continue: true }), /continue is invalid on the top level route node/);
    await assert.rejects(tree({ selector: {} }), /unknown field "selector"/);
  });

  test("keep every field as we write it: Argo CD finds what it applied", async () => {
    for (const object of await watching(withPolicies)) {
      const { kind, metadata } = object;
      const place = [`${kind}.${object.apiVersion.split("/")[0] ?? ""}`, metadata.name, "-n", "nats", "-o", "json"];
      const kept = JSON.parse(await plane.kubectl("get", ...place)) as { spec: unknown };
      assert.deepEqual(
        kept.spec,
        (JSON.parse(JSON.stringify(object)) as { spec: unknown }).spec,
        `${kind} ${metadata.name}`,
      );
    }
  });

  test("refuse two folders, a uid that is no uid, a group of nothing, and what they don't know", async () => {
    const wrong = async (change: (spec: RuleGroup["spec"]) => void) => {
      const group = await ruleGroup();
      group.metadata.name = "wrong";
      change(group.spec);
      return plane.apply(group);
    };
    await wrong(() => undefined);
    await plane.kubectl("delete", "grafanaalertrulegroup", "wrong", "-n", "nats");
    await assert.rejects(
      wrong((spec) => (spec.folderUID = "nats")),
      /Only one of FolderUID or FolderRef can be set/,
    );
    const first = (spec: RuleGroup["spec"]) => spec.rules[0] ?? assert.fail("no rule");
    await assert.rejects(
      wrong((spec) => (first(spec).uid = "a.b")),
      /uid: Invalid value/,
    );
    await assert.rejects(
      wrong((spec) => (first(spec).uid = "a".repeat(41))),
      /Too long/,
    );
    await assert.rejects(
      wrong((spec) => (spec.rules = [])),
      /at least 1 items/,
    );
    await assert.rejects(
      wrong((spec) => (spec.evaluateEvery = "1m")),
      /evaluateEvery/,
    );
  });

  test("let an interval pass that Grafana refuses: our own check does not", async () => {
    const group = await ruleGroup();
    group.metadata.name = "wrong";
    group.spec.interval = "15s";
    await plane.apply(group);
    await plane.kubectl("delete", "grafanaalertrulegroup", "wrong", "-n", "nats");
    assert.match(refusedByGrafana([group]).join("\n"), /found the interval 15s, but Grafana takes multiples/);
  });

  test("refuse to show an object to another Grafana: there it is another object", async () => {
    // A branch is for no Grafana: the tree that takes it is.
    const forGrafana = async (grafana: object) =>
      (await watching({ ...withPolicies, ...grafana })).filter(
        ({ apiVersion, kind }) => apiVersion === GRAFANA_API && kind !== "GrafanaNotificationPolicyRoute",
      );
    const before = await forGrafana({});
    const another = [{ instanceSelector: { dashboards: "another" } }, { allowCrossNamespaceImport: false }];
    for (const settings of another) {
      const now = await forGrafana(settings);
      for (const [at, object] of now.entries()) {
        const { metadata } = before[at] ?? assert.fail();
        assert.equal(before[at]?.kind, object.kind);
        assert.notEqual(object.metadata.name, metadata.name);
        await assert.rejects(plane.apply({ ...object, metadata }), /is immutable|requires a recreate/, object.kind);
      }
      await plane.apply(...now);
    }
  });

  test("are not alone: Surveyor's pod is taken as well, with nothing that a restricted namespace warns of", async () => {
    await plane.kubectl("label", "namespace", "nats", "pod-security.kubernetes.io/warn=restricted");
    const pod = await surveyorsPod();
    await plane.apply(pod);
    const { spec } = structuredClone(pod);
    spec.template.spec.hostNetwork = true;
    await assert.rejects(plane.apply({ ...pod, spec }), /would violate PodSecurity "restricted/);
  });
});
