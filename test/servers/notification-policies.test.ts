import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { GrafanaRoute } from "../../components/target/grafana-operator.ts";
import type { ManifestArgs } from "../../components/target/index.ts";
import type { Kind } from "../../components/target/kinds.ts";
import { manifestsOf, runProgram } from "../support/program.ts";
import { toldBy, treeOf } from "./support/policies.ts";

/** Regions that share a Grafana, each in a namespace of its own. */
const platform = {
  operator: { name: "acme" },
  defaults: {
    monitoring: { grafana: { receiver: "on-call", notificationPolicy: { labels: { policies: "nats" } } } },
  },
  regions: {
    east: {
      target: { render: "deploy/east" },
      monitoring: { grafana: { notificationPolicy: { whole: true, receivers: { critical: "pager", info: "chat" } } } },
    },
    west: {
      target: { render: "deploy/west" },
      nats: { namespace: "nats-west" },
      monitoring: {
        grafana: {
          receiver: "west",
          notificationPolicy: { receivers: { critical: "west-pager" }, groupBy: ["..."], groupWait: "0s" },
        },
      },
    },
  },
};

/** Whom a region wants to be told, by severity. */
const wanted: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  east: { critical: "pager", warning: "on-call", info: "chat" },
  west: { critical: "west-pager", warning: "west", info: "west" },
};

let alerts: Record<string, string>[];
let trees: ManifestArgs["GrafanaNotificationPolicy"][];
let branches: ManifestArgs["GrafanaNotificationPolicyRoute"][];

before(async () => {
  const all = manifestsOf(await runProgram({ stack: "dev", fixed: true, platform })).map(({ manifest }) => manifest);
  const ofKind = <K extends Kind>(kind: K) => all.filter((it) => it.kind === kind) as unknown as ManifestArgs[K][];
  trees = ofKind("GrafanaNotificationPolicy");
  branches = ofKind("GrafanaNotificationPolicyRoute");
  const rules = ofKind("GrafanaAlertRuleGroup").flatMap(({ spec }) => spec.rules);
  // The labels that Grafana adds, and some of a series.
  const added = { grafana_folder: "NATS", namespace: "nats", pod: "nats-0" };
  alerts = rules.map(({ title, labels }) => ({ ...added, alertname: title, ...labels }));
});

/** Both orders, for the operator gives branches in any. */
function merged(): GrafanaRoute[] {
  assert.equal(trees.length, 1);
  const [tree] = trees;
  assert.ok(tree);
  return [branches, branches.toReversed()].map((ordered) => treeOf(tree, ordered));
}

/** Alerts of a region and a severity: how many are in the table. */
const count = (region: string, severity: string) =>
  alerts.filter((alert) => alert.nats_cluster === region && alert.severity === severity).length;

test("every alert of every region is told to whom its region wants for its severity, by the tree of one of them", async () => {
  for (const region of ["east", "west"]) {
    for (const severity of ["critical", "warning", "info"]) assert.ok(count(region, severity) > 1);
  }
  const expected = alerts.map(({ nats_cluster = "", severity = "" }) => wanted[nats_cluster]?.[severity]);
  for (const tree of merged()) assert.deepEqual(await toldBy(tree, alerts), expected);
});

test("an alert that Grafana has no data or no answer for goes where the alert itself would", async () => {
  const nameless = alerts.map((alert) => ({ ...alert, rulename: alert.alertname ?? "", alertname: "DatasourceError" }));
  const [tree] = merged();
  assert.ok(tree);
  assert.deepEqual(await toldBy(tree, nameless), await toldBy(tree, alerts));
});

test("alerts of others go to the receiver of the region whose tree it is, whatever their severity", async () => {
  const others = [
    { alertname: "DiskFull", severity: "critical" },
    { alertname: "NATS Cluster Quorum Lost", severity: "info", nats_cluster: "east-2" },
    { alertname: "Watchdog" },
  ];
  for (const tree of merged()) assert.deepEqual(await toldBy(tree, others), ["on-call", "on-call", "on-call"]);
});

test("in somebody else's tree the branches take our alerts, and leave all others to it", async () => {
  const routes: GrafanaRoute[] = [{ receiver: "web", object_matchers: [["team", "=", "web"]] }];
  const tree = { receiver: "theirs", routes: [...routes, ...branches.map(({ spec }) => spec)] };
  const theirs = [
    { alertname: "DiskFull", severity: "critical" },
    { team: "web", severity: "critical" },
  ];
  assert.deepEqual(await toldBy(tree, theirs), ["theirs", "web"]);
  assert.deepEqual(await toldBy(tree, alerts), await toldBy(merged()[0] ?? assert.fail(), alerts));
});

test("a branch whose labels the tree does not ask for is in no tree: its alerts go where all others do", async () => {
  const [tree] = trees;
  assert.ok(tree);
  const lost = branches.map((branch) => ({ ...branch, metadata: { ...branch.metadata, labels: { policies: "web" } } }));
  assert.deepEqual(new Set(await toldBy(treeOf(tree, lost), alerts)), new Set(["on-call"]));
});
