import assert from "node:assert/strict";
import { test } from "node:test";
import { madeBy, ofKind, platformOf } from "./watched.ts";

const labels = { "acme.example/policies": "nats" };

async function inGrafana(notificationPolicy: object | undefined, more: object = {}) {
  const grafana = { receiver: "on-call", ...(notificationPolicy && { notificationPolicy }), ...more };
  const all = await madeBy(platformOf({ east: { monitoring: { grafana } } }));
  return {
    all,
    rules: ofKind(all, "GrafanaAlertRuleGroup").flatMap(({ spec }) => spec.rules),
    routes: ofKind(all, "GrafanaNotificationPolicyRoute"),
    policies: ofKind(all, "GrafanaNotificationPolicy"),
  };
}

test("a region's branch takes its own alerts, and has a way for each severity with a contact point of its own", async () => {
  const { routes, policies } = await inGrafana({
    labels,
    receivers: { info: "chat", critical: "pager" },
    groupWait: "10s",
    groupInterval: "90s",
    repeatInterval: "1d12h",
  });
  assert.deepEqual(policies, []);
  assert.deepEqual(routes, [
    {
      apiVersion: "grafana.integreatly.org/v1beta1",
      kind: "GrafanaNotificationPolicyRoute",
      metadata: {
        name: "nats",
        namespace: "nats",
        labels: {
          "app.kubernetes.io/name": "nats",
          "app.kubernetes.io/managed-by": "nats-platform",
          "acme.example/policies": "nats",
        },
      },
      spec: {
        receiver: "on-call",
        object_matchers: [["nats_cluster", "=", "east"]],
        group_by: ["grafana_folder", "alertname", "nats_cluster"],
        group_wait: "10s",
        group_interval: "1m30s",
        repeat_interval: "1d12h",
        routes: [
          { receiver: "pager", object_matchers: [["severity", "=", "critical"]] },
          { receiver: "chat", object_matchers: [["severity", "=", "info"]] },
        ],
      },
    },
  ]);
});

test("what is not said of the branch is as the tree has it", async () => {
  const { routes } = await inGrafana({ labels, groupBy: ["..."] });
  assert.deepEqual(routes[0]?.spec, {
    receiver: "on-call",
    object_matchers: [["nats_cluster", "=", "east"]],
    group_by: ["..."],
  });
});

test("with a branch no rule names a contact point, which would go past it: without one each does", async () => {
  const named = async (policy?: object) =>
    (await inGrafana(policy)).rules.filter((rule) => "notificationSettings" in rule).length;
  const { rules } = await inGrafana(undefined);
  assert.ok(rules.length > 20);
  assert.equal(await named(), rules.length);
  assert.equal(await named({ labels }), 0);
});

test("the whole tree has a receiver for all others, and takes the branches with the labels of the region's own", async () => {
  const { routes, policies } = await inGrafana({ labels, whole: true, groupWait: "10s" });
  assert.deepEqual(policies[0]?.spec, {
    instanceSelector: { matchLabels: { dashboards: "grafana" } },
    allowCrossNamespaceImport: true,
    resyncPeriod: "10m0s",
    route: {
      receiver: "on-call",
      group_by: ["grafana_folder", "alertname"],
      routeSelector: { matchLabels: labels },
    },
  });
  assert.equal(routes.length, 1);
});

test("for another Grafana the tree is another object, while the branch stays", async () => {
  const seen = async (more: object) => {
    const { routes, policies } = await inGrafana({ labels, whole: true }, more);
    return [...policies, ...routes].map(({ metadata }) => metadata.name);
  };
  const [tree, branch] = await seen({});
  assert.deepEqual(await seen({ receiver: "other", folder: "Messaging" }), [tree, branch]);
  for (const change of [{ instanceSelector: { dashboards: "another" } }, { allowCrossNamespaceImport: false }]) {
    const [otherTree, sameBranch] = await seen(change);
    assert.notEqual(otherTree, tree);
    assert.equal(sameBranch, branch);
  }
});
