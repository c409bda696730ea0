import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { appProject } from "../../../components/argocd/project.ts";
import { plannedApplications } from "../../../config/argocd/plan.ts";
import { repositoryAddress } from "../../../config/argocd/urls.ts";
import { parsePlatform } from "../../../config/parse.ts";
import { matchesGlob } from "../../../nats/globs.ts";

/** A stack with Applications of every kind. */
const stack = parse(`
operator: { name: dev }
regions:
  east: { target: { render: deploy/east } }
  west: { target: { render: deploy/west }, argocd: { cluster: in-cluster } }
argocd:
  target: { render: deploy/argocd }
  version: 3.2.11
  plugin: {}
  repositories:
    charts: { url: git@github.com:team/charts.git, existing: true }
    registry: { url: oci://registry.example/charts, type: oci, existing: true }
  clusters: { east: { server: https://east.example, gke: true } }
  applications:
    ui: { repository: charts, revision: main, path: helm/ui, region: west, namespace: ui }
  fleets:
    auth: { repository: registry, revision: 1.2.3, components: { auth: { chart: auth, namespace: "auth-{region}" } } }
    edge: { repository: charts, revision: main, mode: applicationSet, components: { edge: { path: edge, namespace: edge } } }
    rest:
      { repository: charts, revision: main, mode: helmfile, regions: [east], helmfile: { path: fleet }, components: { a: { namespace: "a-{region}" }, b: { namespace: b } } }
  platform: { repository: charts, revision: main }
`) as unknown;

test("the project permits every Application of a stack, as Argo CD looks at it, whoever makes it", () => {
  const platform = parsePlatform(stack);
  const { argocd } = platform;
  assert.ok(argocd);
  const planned = plannedApplications(platform);
  const kinds = new Set(planned.map(({ rendering, madeBy }) => `${rendering.by} by ${typeof madeBy}`));
  assert.equal(kinds.size, 4, [...kinds].join());
  const { spec } = appProject(argocd, planned, platform);

  // argo-cd 3.2, isDestinationMatched: the name or the address, and the namespace, which may be empty.
  const permits = (cluster: string, namespace = "") =>
    spec.destinations.some((item) => {
      const isThere =
        cluster === "in-cluster"
          ? item.server === "https://kubernetes.default.svc"
          : matchesGlob(item.name ?? "", cluster);
      return isThere && matchesGlob(item.namespace ?? "", namespace);
    });
  for (const { name, repository, destination, namespaces } of planned) {
    const known = argocd.repositories[repository] ?? assert.fail(repository);
    assert.ok(spec.sourceRepos.includes(repositoryAddress(known)), name);
    assert.ok(permits(destination.cluster, destination.namespace), `${name} in ${destination.namespace ?? "none"}`);
    for (const namespace of namespaces) assert.ok(permits(destination.cluster, namespace), `${name} in ${namespace}`);
  }
  assert.ok(!permits("east", "kube-system"));
  assert.ok(!permits("east", "ui"), "what is permitted in one cluster is not in another");
});
