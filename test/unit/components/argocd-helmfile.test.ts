import assert from "node:assert/strict";
import { test } from "node:test";
import { application } from "../../../components/argocd/application.ts";
import { plannedApplications } from "../../../config/argocd/plan.ts";
import { argocdPlatform } from "../config/argocd-stack.ts";

const FLEET = `
argocd:
  plugin: {}
  fleets:
    agents:
      mode: helmfile
      repository: team
      revision: main
      regions: [home]
      helmfile: { path: argocd/agents }
      components: { auth: { namespace: "auth-{region}" } }
`;

function made(...yaml: readonly string[]) {
  const platform = argocdPlatform(FLEET, ...yaml);
  const [planned] = plannedApplications(platform);
  assert.ok(planned);
  return application(planned, platform.argocd);
}

test("the seed's fleet is one whole Application of the plugin, with the regions of the configuration", () => {
  assert.deepEqual(made(), {
    metadata: { name: "agents-0", namespace: "argocd", labels: { "nats-platform/fleet": "agents" } },
    spec: {
      project: "nats-platform",
      source: {
        repoURL: "https://git.example/team/charts.git",
        targetRevision: "main",
        path: "argocd/agents",
        plugin: { name: "helmfile-v1.0", env: [{ name: "REGIONS", value: "home" }] },
      },
      // Its objects say their namespaces.
      destination: { server: "https://kubernetes.default.svc" },
      syncPolicy: {
        automated: { selfHeal: true },
        syncOptions: ["ServerSideApply=true", "FailOnSharedResource=true"],
        retry: { limit: 5, backoff: { duration: "5s", factor: 2, maxDuration: "3m0s" } },
      },
    },
  });
});

test("a variable arrives as it is written: Argo CD would put its own values in place of what follows a dollar sign", () => {
  const { plugin } = made(
    "argocd: { fleets: { agents: { helmfile: { env: { PRICE: '5$ or $ARGOCD_APP_NAME $$' } } } } }",
  ).spec.source;
  assert.deepEqual(plugin?.env?.[0], { name: "PRICE", value: "5$$ or $$ARGOCD_APP_NAME $$$$" });
});

test("a region more is one more word", () => {
  const { plugin } = made(
    "argocd: { fleets: { agents: { regions: [home, near] } } }\nregions: { near: { target: { render: deploy/near }, argocd: { cluster: in-cluster } } }",
  ).spec.source;
  assert.deepEqual(plugin?.env, [{ name: "REGIONS", value: "home,near" }]);
});
