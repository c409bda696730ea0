import assert from "node:assert/strict";
import { test } from "node:test";
import { merge } from "../../../config/merge.ts";
import { AGENTS, argocdInput, GLASS_UI, HELMFILE, manyRegions } from "./argocd-stack.ts";
import { messageOf, refuses } from "./wrong.ts";

refuses(
  [
    [
      "a helmfile fleet without settings, and settings without one",
      `
argocd:
  fleets:
    agents: { helmfile: { path: fleet } }
    more: { mode: helmfile, repository: team, revision: main, components: { other: { namespace: other } }, regions: [home] }
`,
      "argocd.fleets.agents.helmfile: found settings, but they go with mode: helmfile, and this is applications",
      "argocd.fleets.more.helmfile: found nothing, but mode: helmfile needs to know its path",
    ],
    [
      "a helmfile fleet that would delete a region which it says it keeps, and namespaces that it doesn't make",
      "argocd: { fleets: { bulk: { sync: { prune: true, createNamespace: true } } } }",
      "argocd.fleets.bulk.sync.createNamespace: found true, but an Application of many namespaces has none of its own, and Argo CD makes no other: the helmfile's charts have to",
      "argocd.fleets.bulk.sync.prune: found true, but with removal: keep a region that goes must stay, and what a helmfile no longer renders would be deleted: false, or removal: delete",
    ],
    [
      "a helmfile fleet in two clusters",
      "argocd: { fleets: { bulk: { regions: [home, eu-east] } } }",
      "argocd.fleets.bulk.regions: found regions in the clusters eu-east and in-cluster, but an Application deploys to one: make a fleet for each",
    ],
    [
      "a fleet that takes its workloads with it, in namespaces that look like any other",
      'argocd: { fleets: { bulk: { removal: delete, components: { auth: { namespace: "{region}" } } } } }',
      'argocd.fleets.bulk.components.auth.namespace: found "{region}", but with removal: delete the project permits what all regions\' namespaces look like, which here is every namespace: put a text beside {region}, such as auth-{region}, or removal: keep',
    ],
    [
      "variables that Argo CD and this program give",
      'argocd: { fleets: { bulk: { helmfile: { env: { REGIONS: "a", ARGOCD_ENV_TIER: "b" } } } } }',
      "argocd.fleets.bulk.helmfile.env.ARGOCD_ENV_TIER: found a variable, but Argo CD puts ARGOCD_ENV_ before it by itself: call it TIER",
      "argocd.fleets.bulk.helmfile.env.REGIONS: found a variable, but it holds the fleet's regions",
    ],
    [
      "what a helmfile says itself",
      `
argocd:
  fleets:
    bulk:
      components:
        auth: { valueFiles: [a.yaml], values: { a: 1 }, releaseName: a, skipCrds: true, wave: 1, generators: true }
regions: { home: { argocd: { values: { bulk: { auth: { a: 1 } } } } } }
`,
      "argocd.fleets.bulk.components.auth.generators: found true, but a helmfile says the values of its releases itself: set global.argocd.enabled there, and leave this out",
      'argocd.fleets.bulk.components.auth.releaseName: found "a", but a helmfile says this of its releases itself',
      "argocd.fleets.bulk.components.auth.skipCrds: found true, but a helmfile says this of its releases itself",
      "argocd.fleets.bulk.components.auth.valueFiles: found a list, but a helmfile says this of its releases itself",
      "argocd.fleets.bulk.components.auth.values: found a map, but a helmfile says this of its releases itself",
      "argocd.fleets.bulk.components.auth.wave: found 1, but a helmfile says this of its releases itself",
      "regions.home.argocd.values.bulk: found values, but fleet bulk has mode: helmfile, and a helmfile says the values of its releases itself",
    ],
    [
      "a region with more objects than one Application may have",
      "argocd: { fleets: { bulk: { components: { auth: { objects: 2000 } } } } }",
      "argocd.fleets.bulk.helmfile.shards: found 2000 objects of a region, with a budget of 1500 (the default), but no Application could hold one: raise helmfile.budget (to 3000 at most), or make two fleets of it",
    ],
    [
      "a budget with which Kubernetes can't store an Application",
      "argocd: { fleets: { bulk: { helmfile: { budget: 3001 } } } }",
      "argocd.fleets.bulk.helmfile.budget: found 3001, but an Application with more than 3000 objects is too large for Kubernetes to store",
    ],
    [
      "a rollout without progressive syncs, and of Applications that no ApplicationSet makes",
      `
argocd:
  fleets:
    agents: { mode: applicationSet, rollout: [{}], sync: { automated: false } }
    bulk: { rollout: [{}] }
`,
      "argocd.fleets.agents.rollout: found a list of steps, but without progressive syncs the ApplicationSet controller ignores it: switch them on there (applicationsetcontroller.enable.progressive.syncs), and say so with argocd.progressiveSyncs: true",
      "argocd.fleets.agents.sync.automated: found false, but a rollout syncs by itself, and Argo CD does nothing else: leave out one of them",
      "argocd.fleets.bulk.rollout: found a list of steps, but Applications wait for each other in an ApplicationSet only, and this is mode: helmfile",
    ],
    [
      "a rollout that leaves regions behind",
      `
argocd:
  progressiveSyncs: true
  fleets: { agents: { mode: applicationSet, rollout: [{ regions: [eu-*], maxUpdate: 0% }] } }
`,
      'argocd.fleets.agents.rollout: found steps without some regions, but us-west and home would never be synced: end with a step whose regions are ["*"]',
      'argocd.fleets.agents.rollout[0].maxUpdate: found "0%", but none would ever be synced: a share is 1% or more',
    ],
    [
      "generators whose hooks would never run",
      `
argocd:
  version: 3.4.4
  applications: { glass-ui: { generators: true, manifestPaths: [helm] } }
  fleets: { agents: { components: { auth: { generators: true } } } }
`,
      "argocd.applications.glass-ui.generators: found true, but in automated syncs of Argo CD 3.4.4 hooks don't run (fixed in 3.4.5 and 3.5.0): update it, or say sync.automated: false",
      "argocd.applications.glass-ui.manifestPaths: found paths, but with them Argo CD takes an automated sync for the healing of single objects, in which hooks don't run: generators needs them left out",
      "argocd.fleets.agents.components.auth.generators: found true, but in automated syncs of Argo CD 3.4.4 hooks don't run (fixed in 3.4.5 and 3.5.0): update it, or say sync.automated: false",
    ],
    [
      "hooks that values make and that would never run, each where it says so",
      `
argocd:
  version: 3.4.4
  applications: { glass-ui: { values: { global: { argocd: { enabled: true } } } } }
  fleets:
    agents: { manifestPaths: [.], components: { auth: { values: { global: { argocd: { enabled: true } } } } } }
regions:
  home: { argocd: { values: { agents: { auth: { global: { argocd: { enabled: false } } } } } } }
  us-west: { argocd: { values: { agents: { recursor: { global: { argocd: { enabled: true } } } } } } }
`,
      "argocd.applications.glass-ui.values.global.argocd.enabled: found true, but in automated syncs of Argo CD 3.4.4 hooks don't run (fixed in 3.4.5 and 3.5.0): update it, or say sync.automated: false",
      "argocd.fleets.agents.components.auth.values.global.argocd.enabled: found true, but in automated syncs of Argo CD 3.4.4 hooks don't run (fixed in 3.4.5 and 3.5.0): update it, or say sync.automated: false",
      "argocd.fleets.agents.manifestPaths: found paths, but with them Argo CD takes an automated sync for the healing of single objects, in which hooks don't run: generators needs them left out",
      "regions.us-west.argocd.values.agents.recursor.global.argocd.enabled: found true, but in automated syncs of Argo CD 3.4.4 hooks don't run (fixed in 3.4.5 and 3.5.0): update it, or say sync.automated: false",
    ],
    [
      "values and variables that look like secrets, and values that get lost",
      `
argocd:
  applications: { glass-ui: { values: { nats: { password: hunter2 }, list: [{ a: ~ }] } } }
  fleets:
    agents: { components: { auth: { values: { a: ~ } } } }
    bulk: { helmfile: { env: { API_PASSWORD: hunter2 } } }
regions: { home: { argocd: { values: { agents: { auth: { password: hunter2 } } } } } }
`,
      "argocd.applications.glass-ui.values.list[0].a: found nothing, but null gets lost on its way to Helm: put it into a values file in the chart's folder",
      "argocd.applications.glass-ui.values.nats.password: found a password (not shown), but Argo CD shows this in plain text to everybody who sees the Application: put it into a Secret, and its name here",
      "argocd.fleets.agents.components.auth.values.a: found nothing, but null gets lost on its way to Helm: put it into a values file in the chart's folder",
      "argocd.fleets.bulk.helmfile.env.API_PASSWORD: found a password (not shown), but Argo CD shows this in plain text to everybody who sees the Application: put it into a Secret, and its name here",
      "regions.home.argocd.values.agents.auth.password: found a password (not shown), but Argo CD shows this in plain text to everybody who sees the Application: put it into a Secret, and its name here",
    ],
    [
      "namespaces that the platform makes, and differences in nothing",
      `
argocd:
  applications: { glass-ui: { namespace: nats, sync: { createNamespace: true, ignore: [{ kind: Secret }] } } }
`,
      "argocd.applications.glass-ui.sync.createNamespace: found true, but regions.eu-east.nats.createNamespace makes the namespace nats of cluster eu-east, with labels that Argo CD doesn't know: false",
      "argocd.applications.glass-ui.sync.ignore[0]: found no field of Secret, but it takes jsonPointers, jqPathExpressions or managers to say which may differ",
    ],
    [
      "fields that Argo CD could not find",
      `
argocd:
  applications:
    glass-ui:
      sync:
        ignore:
          - { kind: ClusterRole, name: "system:node", jsonPointers: [spec/replicas, "/a/~2", /] }
          - { kind: Secret, name: "a/b", jqPathExpressions: ["spec.replicas", ".a"] }
`,
      'argocd.applications.glass-ui.sync.ignore[0].jsonPointers[0]: found "spec/replicas", but a JSON pointer is needed here, such as /spec/replicas (in a name ~1 is a slash)',
      'argocd.applications.glass-ui.sync.ignore[0].jsonPointers[1]: found "/a/~2", but a JSON pointer is needed here, such as /spec/replicas (in a name ~1 is a slash)',
      'argocd.applications.glass-ui.sync.ignore[1].jqPathExpressions[0]: found "spec.replicas", but an expression of jq that begins with a dot is needed here, such as .spec.replicas or .data["a.yaml"]',
      'argocd.applications.glass-ui.sync.ignore[1].name: found "a/b", but the name of an object is needed here, such as glass-ui or system:node (no space, / or %)',
    ],
    [
      "expressions that don't end",
      `
argocd:
  fleets:
    agents:
      sync: { ignore: [{ kind: Secret, jqPathExpressions: ['.a[', '.a)', '.a[(])', '.a["b]', '.a["]("] | .b[]?', '.a["\\"]"]'] }] }
`,
      ...['".a["', '".a)"', '".a[(])"', '".a[\\"b]"'].map(
        (found, position) =>
          `argocd.fleets.agents.sync.ignore[0].jqPathExpressions[${String(position)}]: found ${found}, but its brackets and quotes don't fit together, and Argo CD could compare nothing`,
      ),
    ],
    [
      "a fleet of nothing",
      "argocd: { fleets: { empty: { repository: team, revision: main, components: {} } } }",
      "argocd.fleets.empty.components: found an empty map, but without a component there is nothing to deploy",
    ],
  ],
  argocdInput(AGENTS, GLASS_UI, HELMFILE),
);

refuses(
  [
    [
      "a plugin without a sidecar",
      HELMFILE.replace("  plugin: {}\n", ""),
      'argocd.fleets.bulk.mode: found "helmfile", but Argo CD renders helmfiles with a plugin only, whose sidecar comes from argocd.plugin: add it',
    ],
  ],
  argocdInput(GLASS_UI),
);

test("a shard with more objects than its budget is told with the numbers, and with how many Applications do", () => {
  const lines = [
    "The configuration has a problem:",
    "  argocd.fleets.bulk.helmfile.shards: found 2, but Application 1 of them would have 19 regions with 285 objects, and helmfile.budget is 60 (Kubernetes can't store an Application with some 3000): set 39, together with moving: true until all regions are in sync",
  ];
  assert.equal(messageOf(manyRegions(30, { budget: 60 })), lines.join("\n"));
  assert.equal(messageOf(manyRegions(30, { budget: 60, shards: 39 })), "(no error)");
  assert.notEqual(messageOf(manyRegions(30, { budget: 60, shards: 8 })), "(no error)");
});

test("where more Applications don't help, the budget is to be raised", () => {
  const message = messageOf(manyRegions(150, { budget: 15 }));
  assert.match(message, /: raise helmfile.budget, for more Applications alone don't help$/);
});

test("with removal: delete the finalizers have to go before regions move", () => {
  const message = messageOf(
    merge(manyRegions(30, { budget: 60 }), { argocd: { fleets: { bulk: { removal: "delete" } } } }),
  );
  assert.match(
    message,
    /: with removal: delete first update with moving: true alone \(and a higher helmfile\.budget, or without what is new here\), for the Applications' finalizers to go; then set 39, and leave moving until all regions are in sync$/,
  );
  const moving = merge(manyRegions(30, { budget: 60, moving: true }), {
    argocd: { fleets: { bulk: { removal: "delete" } } },
  });
  assert.match(messageOf(moving), /: set 39, together with moving: true until all regions are in sync$/);
});

test("in a rollout the controller of ApplicationSets asks for full syncs, in which hooks run in every version", () => {
  const fleet = (rollout: object[]) =>
    messageOf(
      merge(argocdInput(AGENTS), {
        argocd: {
          version: "3.4.2",
          progressiveSyncs: true,
          fleets: { agents: { mode: "applicationSet", rollout, components: { auth: { generators: true } } } },
        },
      }),
    );
  assert.equal(fleet([{}]), "(no error)");
  assert.match(fleet([]), /automated syncs of Argo CD 3\.4\.2 hooks don't run/);
});
