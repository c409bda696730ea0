import assert from "node:assert/strict";
import { test } from "node:test";
import { AGENTS, argocdInput, GLASS_UI } from "./argocd-stack.ts";
import { messageOf, refuses } from "./wrong.ts";

const long = "a-name-that-is-as-long-as-a-region-may-well-be-called";

refuses(
  [
    [
      "two Applications of one name",
      `
argocd:
  applications:
    agents-auth-home: { repository: team, revision: main, path: helm/other, region: home, namespace: other }
    nats-home: { repository: team, revision: main, path: helm/other, region: home, namespace: others }
  platform: { repository: team, revision: main }
`,
      'argocd.fleets.agents.components.auth: found the name "agents-auth-home", but argocd.applications.agents-auth-home has an Application of this name already',
      'argocd.platform: found the name "nats-home", but argocd.applications.nats-home has an Application of this name already',
    ],
    [
      "names that are too long for labels, for Helm and for a namespace",
      `
argocd:
  applications:
    ${long}-2: { repository: team, revision: main, path: helm/other, region: home, namespace: other }
  fleets: { agents: { components: { auth: { namespace: "instruments-{region}" } } } }
  clusters: { ${long}: { server: "https://x.example", existing: true } }
regions: { ${long}: { target: { render: deploy/long } } }
`,
      `argocd.applications.${long}-2: found the release name "${long}-2" (55 characters), but Helm takes at most 53: give it another with releaseName`,
      `argocd.fleets.agents.components.auth: found the name "${`agents-auth-${long}`.slice(0, 60)}…" (65 characters), but an Application's name has at most 63, for it may become a label: shorten one of the names that it is made of`,
      `argocd.fleets.agents.components.auth.namespace: found "${`instruments-${long}`.slice(0, 60)}…" (65 characters, in region ${long}), but a namespace's name has at most 63`,
    ],
    [
      "namespaces of a helmfile that are too long",
      `
argocd:
  plugin: {}
  fleets:
    bulk:
      mode: helmfile
      repository: team
      revision: main
      regions: [home, ${long}]
      helmfile: { path: fleet }
      components: { short: { namespace: "bulk-{region}" }, auth: { namespace: "instruments-{region}" } }
regions: { ${long}: { target: { render: deploy/long }, argocd: { cluster: in-cluster } } }
`,
      `argocd.fleets.agents.components.auth: found the name "${`agents-auth-${long}`.slice(0, 60)}…" (65 characters), but an Application's name has at most 63, for it may become a label: shorten one of the names that it is made of`,
      `argocd.fleets.bulk.components.auth.namespace: found "${`instruments-${long}`.slice(0, 60)}…" (65 characters, in region ${long}), but a namespace's name has at most 63`,
    ],
    [
      "one release of two Applications",
      `
argocd:
  applications:
    other: { repository: team, revision: main, path: helm/other, region: eu-east, namespace: glass, releaseName: glass-ui }
`,
      'argocd.applications.other: found the release "glass-ui" in namespace glass of cluster eu-east (region eu-east), but argocd.applications.glass-ui has it there already: each would take it from the other',
    ],
    [
      "a fleet and an Application for one component",
      `
argocd:
  applications:
    auth-home: { repository: team, revision: main, path: helm/other, region: home, namespace: auth-home, releaseName: auth }
`,
      'argocd.fleets.agents.components.auth: found the release "auth" in namespace auth-home of cluster in-cluster (region home), but argocd.applications.auth-home has it there already: each would take it from the other',
    ],
    [
      "a helmfile fleet with the chart of an Application, whatever its helmfile calls the release",
      `
argocd:
  plugin: {}
  applications:
    agent: { repository: team, revision: main, path: helm/agent, region: home, namespace: more-home }
  fleets:
    bulk:
      mode: helmfile
      repository: team
      revision: main
      regions: [home]
      helmfile: { path: fleet }
      components: { auth: { path: helm/agent, namespace: "more-{region}" } }
`,
      "argocd.fleets.bulk.components.auth: found the same chart in namespace more-home of cluster in-cluster (region home), but argocd.applications.agent has it there already: each would take it from the other",
    ],
    [
      "two strategies for one component",
      `
argocd:
  plugin: {}
  fleets:
    bulk:
      mode: helmfile
      repository: team
      revision: main
      regions: [home]
      helmfile: { path: fleet }
      components: { auth: { namespace: "auth-{region}" } }
`,
      'argocd.fleets.bulk.components.auth: found the release "auth" in namespace auth-home of cluster in-cluster (region home), but argocd.fleets.agents.components.auth (region home) has it there already: each would take it from the other',
    ],
  ],
  argocdInput(AGENTS, GLASS_UI),
);

const BULK = `
argocd:
  plugin: {}
  fleets:
    bulk:
      mode: helmfile
      repository: team
      revision: main
      regions: [home]
      helmfile: { path: fleet }
      components: { auth: { namespace: "auth-{region}" } }
`;

test("two releases of one chart in a namespace share nothing", () => {
  const another = `
argocd:
  applications:
    auth-home: { repository: team, revision: main, path: helm/glass-instrumentation, region: home, namespace: auth-home }
`;
  assert.equal(messageOf(argocdInput(AGENTS, another)), "(no error)");
});

test("a helmfile fleet that is disabled has nothing anywhere", () => {
  assert.match(messageOf(argocdInput(AGENTS, BULK)), /found the release "auth" in namespace auth-home/);
  const disabled = "argocd: { fleets: { bulk: { enabled: false } } }";
  assert.equal(messageOf(argocdInput(AGENTS, BULK, disabled)), "(no error)");
});
