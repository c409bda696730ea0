/** Names of a region's objects of monitoring; other systems refer to them, so that they never change. */
export const names = {
  monitor: "nats",
  systemMonitor: "nats-system-exporter",
  rules: "nats",
  folder: "nats",
  contactPoint: "nats",
  dashboard: "nats",
  dashboardConfigMap: "nats-dashboard",
} as const;

/** Labels by which the system exporter's pod is selected. */
export const systemSelector = {
  "app.kubernetes.io/name": "nats",
  "app.kubernetes.io/component": "system-exporter",
} as const;

/** Labels of everything that monitoring consists of. */
export const labels = { "app.kubernetes.io/name": "nats", "app.kubernetes.io/managed-by": "nats-platform" } as const;
