import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { appProject } from "../../../components/argocd/project.ts";
import { permittedApplications, plannedApplications } from "../../../config/argocd/plan.ts";
import { repositoryAddress } from "../../../config/argocd/urls.ts";
import { parsePlatform } from "../../../config/parse.ts";
import { merge } from "../../../config/merge.ts";
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

test("what goes with its workloads stays permitted: a region's by what all of them look like, an Application's while it is disabled", () => {
  const platform = parsePlatform(
    merge(stack, {
      argocd: {
        applications: { ui: { removal: "delete", enabled: false } },
        fleets: { auth: { removal: "delete" }, edge: { enabled: false } },
      },
    }),
  );
  const { argocd } = platform;
  assert.ok(argocd);
  const names = plannedApplications(platform).map(({ name }) => name);
  assert.ok(!names.includes("ui") && !names.some((name) => name.startsWith("edge-")));
  const { destinations } = appProject(argocd, permittedApplications(platform), platform).spec;
  const here = { server: "https://kubernetes.default.svc" };
  const has = (wanted: object) => destinations.some((it) => JSON.stringify(it) === JSON.stringify(wanted));
  assert.ok(has({ ...here, namespace: "ui" }));
  assert.ok(has({ ...here, namespace: "auth-*" }) && has({ name: "east", namespace: "auth-*" }));
  assert.ok(
    !destinations.some(({ namespace = "" }) => namespace === "edge"),
    "with removal: keep nothing is left to do",
  );
  assert.ok(!destinations.some(({ namespace = "" }) => namespace.startsWith("a-*")));
});

test("what a delivery leaves behind stays permitted where its account allows it, so that Argo CD prunes it", () => {
  const delivering = merge(stack, {
    keys: { store: "vault", address: "https://vault.example", path: "team/nats" },
    accounts: { ORDERS: { allow: [{ region: "west", namespaces: ["orders-*"] }] } },
  });
  const permitted = (more: object) => {
    const platform = parsePlatform(merge(delivering, more));
    assert.ok(platform.argocd);
    const { destinations } = appProject(platform.argocd, permittedApplications(platform), platform).spec;
    return destinations.filter(({ namespace }) => namespace === "orders-*").map(({ name, server }) => name ?? server);
  };
  assert.deepEqual(permitted({}), ["https://kubernetes.default.svc"]);
  assert.deepEqual(permitted({ argocd: { platform: { sync: { prune: false } } } }), []);
});
