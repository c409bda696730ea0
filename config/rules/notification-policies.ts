import { anotherGrafana, grafanaIdentity } from "../grafana-identity.ts";
import { type Finding, type Path, show } from "../problem.ts";
import type { MonitoringSettings, Platform, Region } from "../schema.ts";
import type { Rule } from "./rule.ts";

type Grafana = NonNullable<MonitoringSettings["grafana"]>;

/** A region that has a branch of policies. */
interface Branch {
  readonly region: string;
  readonly path: Path;
  readonly namespace: string;
  /** Unknown of manifests. */
  readonly cluster: string | undefined;
  readonly grafana: Grafana;
  readonly policy: NonNullable<Grafana["notificationPolicy"]>;
}

/** A Grafana has one tree of notification policies, which has to find the branches of all regions whose Grafana it is. */
export const notificationPolicies: Rule = function* ({ regions }) {
  const branches = branchesOf(regions);
  const trees = new Map<string, Branch>();
  for (const branch of branches) {
    const grafana = grafanaIdentity(branch.grafana);
    if (branch.policy.whole && !trees.has(grafana)) trees.set(grafana, branch);
  }
  for (const branch of branches) {
    if (branch.grafana.receiver === undefined) {
      const allowed = "alerts that have no contact point of their own go to receiver, and there is none";
      yield { path: branch.path, found: "a notification policy", allowed };
    }
    const tree = trees.get(grafanaIdentity(branch.grafana));
    if (tree !== undefined && tree !== branch) yield* besideTree(branch, tree);
  }
};

function branchesOf(regions: Platform["regions"]): Branch[] {
  return Object.entries(regions).flatMap(([region, { monitoring, nats, target }]: [string, Region]) => {
    const grafana = monitoring?.grafana;
    const policy = grafana?.notificationPolicy;
    if (grafana === undefined || policy === undefined) return [];
    const path = ["regions", region, "monitoring", "grafana", "notificationPolicy"];
    const cluster = "context" in target ? target.clusterIdentifier : undefined;
    return [{ region, path, namespace: nats.namespace, cluster, grafana, policy }];
  });
}

/** What is wrong with a branch beside a tree of the same Grafana: its alerts would go where those go that nobody has said anything about. */
function* besideTree(branch: Branch, tree: Branch): Generator<Finding> {
  const { path, policy, namespace } = branch;
  if (branch.cluster !== undefined && tree.cluster !== undefined && branch.cluster !== tree.cluster) {
    const allowed = `the tree of the same Grafana is in another cluster (region ${tree.region}), and takes branches of its own: without notificationPolicy all alerts go to receiver, and ${anotherGrafana}`;
    yield { path, found: "a notification policy", allowed };
    return;
  }
  if (policy.whole) {
    const allowed = `region ${tree.region} makes the tree of the same Grafana, and there is one: leave whole out here, and that one takes the branches with its labels (${anotherGrafana})`;
    yield { path: [...path, "whole"], found: "true", allowed };
    return;
  }
  const missing = Object.entries(tree.policy.labels).filter(([key, value]) => policy.labels[key] !== value);
  if (missing.length > 0) {
    const allowed = `region ${tree.region} has the tree of the same Grafana, and it takes branches with ${labelsText(missing)}`;
    const given = [[...tree.path, "labels"]];
    yield { path: [...path, "labels"], found: labelsText(Object.entries(policy.labels)), allowed, given };
  }
  if (tree.grafana.allowCrossNamespaceImport || namespace === tree.namespace) return;
  yield {
    path: [...tree.path.slice(0, -1), "allowCrossNamespaceImport"],
    found: "false",
    allowed: `so the tree takes branches of its own namespace alone, and that of region ${branch.region} is in ${show(namespace)}: true`,
  };
}

function labelsText(labels: readonly (readonly [key: string, value: string])[]): string {
  return show(labels.map(([key, value]) => `${key}: ${value}`).join(", "));
}
