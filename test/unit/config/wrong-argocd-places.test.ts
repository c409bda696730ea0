import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { AGENTS, argocdInput, GLASS_UI } from "./argocd-stack.ts";
import { messageOf, refuses } from "./wrong.ts";

refuses(
  [
    [
      "regions that are not there",
      `
argocd:
  applications: { glass-ui: { region: eu-est } }
  fleets: { agents: { regions: [eu-*, us-est, ap-*], components: { auth: { regions: [home] } } } }
`,
      'argocd.applications.glass-ui.region: found "eu-est", but this stack has only the regions eu-east, home and us-west; did you mean eu-east?',
      'argocd.fleets.agents.components.auth.regions[0]: found "home", but this fleet has only the region eu-east',
      'argocd.fleets.agents.components.recursor.regions[1]: found "us-west", but this fleet has only the region eu-east',
      'argocd.fleets.agents.regions[1]: found "us-est", but this stack has only the regions eu-east, home and us-west; did you mean us-west?',
      'argocd.fleets.agents.regions[2]: found "ap-*", but this stack has only the regions eu-east, home and us-west',
    ],
    [
      "a region in no cluster that Argo CD knows",
      "regions: { far: { target: { render: deploy/far } } }",
      "regions.far.argocd.cluster: found nothing, but argocd.fleets.agents goes there, and argocd.clusters has no far: name one of eu-east, shared and in-cluster (the one that Argo CD runs in)",
    ],
    [
      "a cluster that is not there",
      "regions: { home: { argocd: { cluster: sharde } } }",
      'regions.home.argocd.cluster: found "sharde", but argocd.clusters has only the clusters eu-east, in-cluster and shared; did you mean shared?',
    ],
    [
      "values of a fleet and a component that are not there",
      "regions: { home: { argocd: { values: { agnets: { auth: { a: 1 } }, agents: { other: { a: 1 } } } } } }",
      "regions.home.argocd.values.agents.other: found values of this component, but fleet agents has only the components auth and recursor",
      "regions.home.argocd.values.agnets: found values of this fleet, but argocd has only the fleet agents",
    ],
    [
      "repositories that are not there, and one that is a template",
      `
argocd:
  repositories: { all: { url: "https://git.example/", template: true, existing: true } }
  applications: { glass-ui: { repository: tean } }
  fleets: { agents: { repository: all } }
  platform: { repository: none, revision: main }
`,
      'argocd.applications.glass-ui.repository: found "tean", but argocd has only the repositories charts and team; did you mean team?',
      'argocd.fleets.agents.repository: found "all", but it is a template, with which repositories sign in: add the repository itself (with existing: true)',
      'argocd.platform.repository: found "none", but argocd has only the repositories charts and team',
    ],
    [
      "a chart's path outside the repository",
      `
argocd:
  applications: { glass-ui: { path: ../glass-ui, valueFiles: [../other/values.yaml] } }
  fleets: { agents: { components: { auth: { path: /helm/agent } } } }
`,
      'argocd.applications.glass-ui.path: found "../glass-ui", but a path here is relative and inside the repository, such as helm/glass-ui (no .., no / at its ends)',
      'argocd.applications.glass-ui.valueFiles[0]: found "../other/values.yaml", but a path here is relative and inside the repository, such as helm/glass-ui (no .., no / at its ends)',
      'argocd.fleets.agents.components.auth.path: found "/helm/agent", but a path here is relative and inside the repository, such as helm/glass-ui (no .., no / at its ends)',
    ],
    [
      "what a repository of that type doesn't have",
      `
argocd:
  applications:
    glass-ui: { chart: glass-ui }
    nack: { repository: charts, revision: main, path: nack, region: home, namespace: nack }
    none: { repository: team, revision: main, region: home, namespace: none }
    other: { repository: team, revision: main, chart: other, region: home, namespace: other }
  platform: { repository: charts, revision: 1.0.0 }
`,
      "argocd.applications.glass-ui: found path and chart, but exactly one of them says which chart it is",
      'argocd.applications.nack.path: found "nack", but repository charts is of type helm and has charts without folders: name it with chart',
      'argocd.applications.nack.revision: found "main", but a repository of charts has versions, such as 1.4.2 or ~1.4, and no branches',
      "argocd.applications.none: found neither path nor chart, but exactly one of them says which chart it is",
      'argocd.applications.other.chart: found "other", but repository team is of type git: say with path in which folder the chart is',
      'argocd.platform.repository: found "charts", but repository charts is of type helm, and the stack\'s manifests can only be in a Git repository',
    ],
    [
      "text that stands for other text where nothing does",
      `
argocd:
  applications: { glass-ui: { path: helm/*, valueFiles: ["{region}.yaml", values-*.yaml] } }
  fleets:
    agents: { components: { auth: { path: "helm/{region}", valueFiles: ["{cluster}.yaml"] } } }
    bulk:
      mode: helmfile
      repository: team
      revision: main
      regions: [home]
      helmfile: { path: "fleet/{region}" }
      components: { auth: { namespace: bulk } }
  platform: { repository: team, revision: main, path: "nats/*" }
  plugin: {}
`,
      'argocd.applications.glass-ui.path: found "helm/*", but nothing stands for other text here: no *, { or }',
      'argocd.applications.glass-ui.valueFiles[0]: found "{region}.yaml", but {region} stands for a region in fleets only',
      'argocd.applications.glass-ui.valueFiles[1]: found "values-*.yaml", but patterns are known from Argo CD 3.4 up, and this one is 3.2.11',
      'argocd.fleets.agents.components.auth.path: found "helm/{region}", but nothing stands for other text here: no *, { or }',
      'argocd.fleets.agents.components.auth.valueFiles[0]: found "{cluster}.yaml", but only {region} stands for something here',
      'argocd.fleets.bulk.helmfile.path: found "fleet/{region}", but nothing stands for other text here: no *, { or }',
      'argocd.platform.path: found "nats/*", but nothing stands for other text here: no *, { or }',
    ],
    [
      "regions in paths of commits where none stands for one",
      `
argocd:
  plugin: {}
  applications: { glass-ui: { manifestPaths: [., "values/{region}"] } }
  fleets:
    agents: { manifestPaths: [., "values/{region}", "{cluster}"] }
    bulk:
      mode: helmfile
      repository: team
      revision: main
      regions: [home]
      helmfile: { path: fleet }
      manifestPaths: [., "values/{region}"]
      components: { auth: { namespace: bulk } }
`,
      'argocd.applications.glass-ui.manifestPaths[1]: found "values/{region}", but {region} stands for a region in fleets only',
      'argocd.fleets.agents.manifestPaths[2]: found "{cluster}", but only {region} stands for something here',
      'argocd.fleets.bulk.manifestPaths[1]: found "values/{region}", but an Application of a helmfile has several regions, and {region} stands for none of them',
    ],
    [
      "paths of commits without the folder that the manifests are made from",
      `
argocd:
  applications: { glass-ui: { manifestPaths: [helm/*, helm/glass, "values"] } }
  fleets: { agents: { manifestPaths: ["values/{region}"] } }
`,
      "argocd.applications.glass-ui.manifestPaths: found paths without \"helm/glass-ui\", but commits to helm/glass-ui, where the manifests are made from, would not be seen: add it (paths are the repository's, and with * they are files')",
      "argocd.fleets.agents.manifestPaths: found paths without \"helm/glass-instrumentation\", but commits to helm/glass-instrumentation, where the manifests are made from, would not be seen: add it (paths are the repository's, and with * they are files')",
    ],
  ],
  argocdInput(AGENTS, GLASS_UI),
);

test("an Application's own folder is among the paths of commits as it is, or in another", () => {
  for (const paths of ["[helm/glass-ui]", "[values, helm]", "[.]"]) {
    const yaml = `argocd: { applications: { glass-ui: { manifestPaths: ${paths} } } }`;
    assert.equal(messageOf(argocdInput(GLASS_UI, yaml)), "(no error)", paths);
  }
});

/** A region whose cluster Argo CD does not know. */
const FAR = "regions: { far: { target: { render: deploy/far } } }";

test("a region that nothing goes to needs no cluster", () => {
  const nothing = [
    "argocd: { fleets: { agents: { components: { auth: { regions: [home] } } } } }",
    "argocd: { fleets: { agents: { enabled: false } } }",
  ];
  for (const yaml of nothing) assert.equal(messageOf(argocdInput(AGENTS, FAR, yaml)), "(no error)", yaml);
  const there = "argocd: { applications: { glass-ui: { region: far, enabled: false } } }";
  assert.equal(messageOf(argocdInput(GLASS_UI, FAR, there)), "(no error)");
});

test("one from which something goes with its workloads needs its cluster until it has gone", () => {
  const going = "argocd: { fleets: { agents: { enabled: false, removal: delete } } }";
  assert.match(messageOf(argocdInput(AGENTS, FAR, going)), /regions\.far\.argocd\.cluster: found nothing/);
});

refuses([
  [
    "a region's Argo CD in a stack that has none",
    "regions: { local: { argocd: { cluster: in-cluster } } }",
    "regions.local.argocd: found settings, but this stack has no Argo CD: it goes with argocd of the stack",
  ],
]);

refuses(
  [
    [
      "the platform itself in a stack that Pulumi applies",
      "argocd: { platform: { repository: team, revision: main } }",
      "argocd.platform: found settings, but no region of this stack renders its manifests: what Pulumi applies to a cluster, Argo CD can't sync",
    ],
  ],
  parse(`
operator: { name: dev }
argocd:
  target: { render: deploy/argocd }
  version: 3.2.11
  repositories: { team: { url: "https://git.example/team/charts.git", existing: true } }
regions: { east: { target: { context: east } } }
`),
);
