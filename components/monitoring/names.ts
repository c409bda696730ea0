/** Names of a region's objects of monitoring; other systems refer to them, so that they never change. */
export const names = {
  monitor: "nats",
  rules: "nats",
  folder: "nats",
  contactPoint: "nats",
  dashboard: "nats",
  dashboardConfigMap: "nats-dashboard",
} as const;

/** Labels of everything that monitoring consists of. */
export const labels = { "app.kubernetes.io/name": "nats", "app.kubernetes.io/managed-by": "nats-platform" } as const;
