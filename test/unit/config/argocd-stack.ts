import { parse } from "yaml";
import { merge } from "../../../config/merge.ts";
import { parsePlatform } from "../../../config/parse.ts";
import type { Platform } from "../../../config/schema.ts";
import { type PlannedApplication, plannedApplications } from "../../../config/argocd/plan.ts";

/** A right configuration: an Argo CD with two clusters beside its own, and three regions of which one is in its own. */
export const rightArgocd = parse(`
operator: { name: dev }
argocd:
  target: { render: deploy/argocd }
  version: 3.2.11
  repositories:
    team: { url: "https://git.example/team/charts.git", existing: true }
    charts: { url: "https://charts.example", type: helm, existing: true }
  clusters:
    eu-east: { server: "https://eu-east.example:6443", existing: true }
    shared: { server: "https://shared.example:6443", existing: true }
regions:
  eu-east: { target: { render: deploy/eu-east } }
  us-west: { target: { render: deploy/us-west }, argocd: { cluster: shared } }
  home: { target: { render: deploy/home }, argocd: { cluster: in-cluster } }
`) as unknown;

/** That configuration with YAML merged over it, each text over those before. */
export function argocdInput(...yaml: readonly string[]): unknown {
  return yaml.reduce<unknown>((below, text) => merge(below, parse(text)), rightArgocd);
}

/** The same, parsed. */
export function argocdPlatform(...yaml: readonly string[]): Platform & { argocd: NonNullable<Platform["argocd"]> } {
  const platform = parsePlatform(argocdInput(...yaml));
  if (platform.argocd === undefined) throw new Error("There is no argocd in it.");
  return { ...platform, argocd: platform.argocd };
}

/** The Applications that there are planned to be, by name. */
export function plannedOf(...yaml: readonly string[]): Record<string, PlannedApplication> {
  return Object.fromEntries(plannedApplications(argocdPlatform(...yaml)).map((it) => [it.name, it]));
}

/** The seed's control plane: one Application, in one region. */
export const GLASS_UI = `
argocd:
  applications:
    glass-ui:
      repository: team
      revision: main
      path: helm/glass-ui
      valueFiles: [values-argocd.yaml]
      region: eu-east
      namespace: glass
`;

/** The seed's agents: two components in each region. */
export const AGENTS = `
argocd:
  fleets:
    agents:
      repository: team
      revision: main
      components:
        auth:
          path: helm/glass-instrumentation
          namespace: auth-{region}
          valueFiles: ["values-{region}.yaml"]
          values: { log: { level: info }, shared: [1] }
        recursor: { path: helm/glass-instrumentation, namespace: "recursor-{region}-000", regions: ["eu-*", us-west] }
`;

/** A fleet by helmfile, in the region of Argo CD's own cluster. */
export const HELMFILE = `
argocd:
  plugin: {}
  fleets:
    bulk:
      mode: helmfile
      repository: team
      revision: main
      regions: [home]
      helmfile: { path: fleet }
      components: { auth: { namespace: "bulk-{region}" } }
`;

/** So many regions of 15 objects each, in two Applications unless more is said. */
export function manyRegions(number: number, helmfile: object): unknown {
  const names = Array.from({ length: number }, (_, at) => `r${String(at)}`);
  const region = (name: string) => ({ target: { render: `deploy/${name}` }, argocd: { cluster: "in-cluster" } });
  return merge(argocdInput(HELMFILE), {
    argocd: { fleets: { bulk: { regions: ["r*"], helmfile: { shards: 2, ...helmfile } } } },
    regions: Object.fromEntries(names.map((name) => [name, region(name)])),
  });
}
