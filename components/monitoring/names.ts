/** Names of a region's objects of monitoring. Those of Grafana's objects that can't be changed have something after them (grafana/settings.ts). */
export const names = {
  monitor: "nats",
  rules: "nats",
  folder: "nats",
  contactPoint: "nats",
  policy: "nats",
  policyRoute: "nats",
  dashboard: "nats",
  dashboardConfigMap: "nats-dashboard",
} as const;

/** Labels of everything that monitoring consists of. */
export const labels = { "app.kubernetes.io/name": "nats", "app.kubernetes.io/managed-by": "nats-platform" } as const;
