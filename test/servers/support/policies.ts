import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GrafanaRoute } from "../../../components/target/grafana-operator.ts";
import type { ManifestArgs } from "../../../components/target/index.ts";
import { run } from "../../../tools/run.ts";
import { binary } from "../binaries.ts";

type Tree = ManifestArgs["GrafanaNotificationPolicy"];
type Branch = ManifestArgs["GrafanaNotificationPolicyRoute"];

/** The tree that Grafana gets, put together as its operator (5.24) does: of the branches those with all labels of the selector. */
export function treeOf({ metadata, spec }: Tree, branches: readonly Branch[]): GrafanaRoute {
  const { routeSelector, ...root } = spec.route;
  const wanted = Object.entries(routeSelector.matchLabels);
  const routes = branches.filter(({ metadata: { namespace, labels } }) => {
    const own = (labels ?? {}) as Record<string, unknown>;
    const isNear = spec.allowCrossNamespaceImport || namespace === metadata.namespace;
    return isNear && wanted.every(([key, value]) => own[key] === value);
  });
  return { ...root, routes: routes.map((branch) => branch.spec) };
}

/** Who is told of alerts with these labels, in their order: Alertmanager's own tool reads the tree, and goes down in it. */
export async function toldBy(
  tree: GrafanaRoute,
  alerts: readonly Readonly<Record<string, string>>[],
): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "nats-policies-"));
  try {
    const file = join(folder, "alertmanager.yml");
    const receivers = [...new Set(receiversOf(tree))].map((name) => ({ name }));
    // JSON is YAML.
    await writeFile(file, JSON.stringify({ route: alertmanagerRoute(tree), receivers }));
    const told: string[] = [];
    for (const alert of alerts) {
      const labels = Object.entries(alert).map(([name, value]) => `${name}=${value}`);
      const test = ["config", "routes", "test", `--config.file=${file}`, ...labels];
      const { code, stdout, stderr } = await run(binary("amtool"), test, { cwd: folder });
      if (code !== 0) throw new Error(`amtool: ${stdout}${stderr}`);
      told.push(stdout.trim());
    }
    return told;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function receiversOf({ receiver, routes = [] }: GrafanaRoute): string[] {
  return [receiver, ...routes.flatMap(receiversOf)];
}

/** Grafana's policies are Alertmanager's routes, but for how they write what an alert must have. */
function alertmanagerRoute({ object_matchers = [], routes = [], ...others }: GrafanaRoute): object {
  const matchers = object_matchers.map(([label, is, value]) => `${label}${is}${JSON.stringify(value)}`);
  return { ...others, ...(matchers.length > 0 && { matchers }), routes: routes.map(alertmanagerRoute) };
}
