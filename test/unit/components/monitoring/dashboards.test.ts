import assert from "node:assert/strict";
import { test } from "node:test";
import { madeBy, ofKind, platformOf } from "./watched.ts";

async function configMapOf(dashboardConfigMap: object | undefined) {
  const monitoring = dashboardConfigMap === undefined ? {} : { dashboardConfigMap };
  const maps = ofKind(await madeBy(platformOf({ east: { monitoring } })), "ConfigMap");
  return maps.find(({ metadata }) => metadata.name.startsWith("nats-dashboard"));
}

test("the dashboard is a ConfigMap where it is asked for, with the labels that the sidecar looks for", async () => {
  assert.equal(await configMapOf(undefined), undefined);
  const map = await configMapOf({});
  assert.deepEqual([map?.metadata.namespace, map?.metadata.name], ["nats", "nats-dashboard"]);
  assert.equal((map?.metadata.labels as Record<string, string>).grafana_dashboard, "1");
  const [[file, text] = []] = Object.entries(map?.data as Record<string, string>);
  assert.equal(file, "nats-east.json");
  assert.match(text ?? "", /"title": "NATS/);
});

test("in another namespace its name says of which region it is", async () => {
  const map = await configMapOf({ namespace: "grafana", labels: { dashboards: "yes" } });
  assert.deepEqual([map?.metadata.namespace, map?.metadata.name], ["grafana", "nats-dashboard-east"]);
  const labels = map?.metadata.labels as Record<string, string>;
  assert.deepEqual([labels.dashboards, labels.grafana_dashboard], ["yes", undefined]);
});

test("both ways bring the same dashboard", async () => {
  const all = await madeBy(platformOf({ east: { monitoring: { grafana: {}, dashboardConfigMap: {} } } }));
  const [dashboard] = ofKind(all, "GrafanaDashboard");
  const map = ofKind(all, "ConfigMap").find(({ metadata }) => metadata.name === "nats-dashboard");
  assert.deepEqual(Object.values(map?.data as Record<string, string>), [dashboard?.spec.json]);
});
