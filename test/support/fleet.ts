/** How a fleet's Applications are made. */
export type FleetMode = "applications" | "applicationSet" | "helmfile";

/** A stack with a fleet of two components in each region. */
export interface FleetOptions {
  readonly mode: FleetMode;
  readonly regions: readonly string[];
  /** Address of the repository with the charts. Absent: one that nobody reaches. */
  readonly url?: string;
  /** Further settings of the fleet. */
  readonly fleet?: object;
  /** Further settings of argocd. */
  readonly argocd?: object;
}

/** Names of regions: region-000, region-001 … */
export function regionNames(count: number): string[] {
  return Array.from({ length: count }, (_, place) => `region-${String(place).padStart(3, "0")}`);
}

/** The `nats-platform:platform` of such a stack: everything is in the cluster that Argo CD runs in. */
export function fleetPlatform({ mode, regions, url, fleet = {}, argocd = {} }: FleetOptions): Record<string, unknown> {
  const helmfile = { helmfile: { path: "argocd/glass-instrumentation" } };
  const path = "helm/glass-instrumentation";
  return {
    operator: { name: "fleet" },
    argocd: {
      target: { render: "deploy/argocd" },
      version: "3.2.11",
      repositories: { spog: { url: url ?? "https://git.example/spog.git", existing: true } },
      ...(mode === "helmfile" ? { plugin: {} } : {}),
      fleets: {
        instrumentation: {
          ...{ mode, repository: "spog", revision: "main" },
          components: {
            auth: { path, namespace: "auth-{region}" },
            recursor: { path, namespace: "recursor-{region}-000" },
          },
          ...(mode === "helmfile" ? helmfile : {}),
          ...fleet,
        },
      },
      ...argocd,
    },
    regions: Object.fromEntries(
      regions.map((name) => [name, { target: { render: `deploy/${name}` }, argocd: { cluster: "in-cluster" } }]),
    ),
  };
}
