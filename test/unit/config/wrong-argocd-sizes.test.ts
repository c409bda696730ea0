import assert from "node:assert/strict";
import { test } from "node:test";
import { applicationSet } from "../../../components/argocd/application-set.ts";
import { plannedApplications } from "../../../config/argocd/plan.ts";
import { merge } from "../../../config/merge.ts";
import { parsePlatform } from "../../../config/parse.ts";
import { applicationSetBytes, elementBytes } from "../../../config/rules/argocd/sizes.ts";
import { argocdInput, GLASS_UI, HELMFILE, manyRegions } from "./argocd-stack.ts";
import { messageOf } from "./wrong.ts";

/** A line of so many kilobytes. */
const line = (kilobytes: number) => "x ".repeat(kilobytes * 500);

/** The message for an Application with values, in a stack that renders its objects or applies them. */
function withValues(values: object, sync: object, target: object = { render: "deploy/argocd" }): string {
  const base = argocdInput(GLASS_UI) as { argocd: object };
  return messageOf(
    merge(
      { ...base, argocd: { ...base.argocd, target } },
      { argocd: { applications: { "glass-ui": { values, sync } } } },
    ),
  );
}

/** A stack with a fleet of 60 regions and one component with values, and further settings of the fleet. */
function bigFleet(mode: string, kilobytes: number, more: object = {}, target: object = { render: "deploy/argocd" }) {
  const { argocd, regions, ...rest } = manyRegions(60, {}) as { argocd: object; regions: object };
  const component = { path: "helm/a", namespace: "a-{region}", values: { a: line(kilobytes) } };
  const fleet = { mode, repository: "team", revision: "main", regions: ["r*"], components: { a: component }, ...more };
  return { ...rest, regions, argocd: { ...argocd, target, fleets: { big: fleet } } };
}

const cluster = { context: "management", clusterIdentifier: "management" };

test("values that Kubernetes could not store as often as Argo CD repeats them are refused, not those of fewer syncs", () => {
  const lines = [
    "The configuration has a problem:",
    "  argocd.applications.glass-ui.values: found 91 kB of Helm values, but Argo CD stores them some 13 times, and Kubernetes 1500 kB in all: put them into a values file in the chart's folder",
  ];
  assert.equal(withValues({ a: line(90) }, {}), lines.join("\n"));
  assert.equal(withValues({ a: line(90) }, { history: 3 }), "(no error)");
});

test("values are as large as they are in UTF-8", () => {
  assert.match(withValues({ a: "é ".repeat(30_000) }, {}), /: found 91 kB of Helm values, but Argo CD stores them/);
});

test("what kubectl apply could not write into its annotation is refused, where it is to be applied by it", () => {
  const lines = [
    "The configuration has a problem:",
    "  argocd.applications.glass-ui.values: found 301 kB of Helm values, but kubectl apply keeps a copy in an annotation, which has 262144 bytes at most (250 kB here, for there is more in it): put them into a values file in the chart's folder",
  ];
  assert.equal(withValues({ a: line(300) }, { history: 0 }), lines.join("\n"));
  assert.equal(withValues({ a: line(300) }, { history: 0 }, cluster), "(no error)");
  assert.equal(withValues({ a: line(240) }, { history: 0 }), "(no error)");
});

test("an ApplicationSet that Kubernetes could not store is refused", () => {
  assert.match(
    messageOf(bigFleet("applicationSet", 20)),
    /\n {2}argocd\.fleets\.big\.mode: found an ApplicationSet of some 12\d\d kB, but Kubernetes stores 1500 kB, with/,
  );
  assert.equal(messageOf(bigFleet("applicationSet", 10, {}, cluster)), "(no error)");
  assert.equal(messageOf(bigFleet("applications", 20)), "(no error)");
});

test("so is one that kubectl apply could not write into its annotation", () => {
  assert.match(
    messageOf(bigFleet("applicationSet", 10)),
    /\n {2}argocd\.fleets\.big\.mode: found an ApplicationSet of some 6\d\d kB, but kubectl apply keeps a copy in an annotation, which has 262144 bytes at most \(250 kB here, for there is more in it\): use mode: applications, make several fleets of it, or put values into values files in the charts' folders$/,
  );
  assert.equal(messageOf(bigFleet("applicationSet", 3)), "(no error)");
});

test("a plugin's variables that kubectl apply could not write into its annotation are refused", () => {
  const many = merge(argocdInput(HELMFILE), {
    argocd: { fleets: { bulk: { sync: { history: 0 }, helmfile: { env: { TIERS: line(260) } } } } },
  });
  assert.match(
    messageOf(many),
    /\n {2}argocd\.fleets\.bulk: found 261 kB of variables for the plugin, but kubectl apply keeps a copy/,
  );
});

test("an ApplicationSet is reckoned a little larger than it is", () => {
  const component = { path: "a", namespace: "a-{region}" };
  const fleets = {
    bare: component,
    full: { ...component, values: { a: line(1) }, valueFiles: ["a.yaml", "b.yaml"], skipCrds: true, wave: -3 },
    watched: { ...component, manifestPaths: ["a", "b"] },
  };
  for (const [name, { manifestPaths = [], ...it }] of Object.entries<typeof component & { manifestPaths?: string[] }>(
    fleets,
  )) {
    const big = bigFleet("applicationSet", 0, { components: { a: it }, manifestPaths });
    const platform = parsePlatform(big);
    const { argocd } = platform;
    const fleet = argocd?.fleets.big;
    assert.ok(argocd !== undefined && fleet !== undefined);
    const planned = plannedApplications(platform);
    const bytes = Buffer.byteLength(JSON.stringify(applicationSet("big", fleet, planned, argocd)));
    const reckoned = applicationSetBytes(planned.map(elementBytes));
    assert.ok(reckoned > bytes && reckoned < bytes * 1.35, `${name}: ${String(reckoned)} for ${String(bytes)}`);
  }
});
