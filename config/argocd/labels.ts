/** Labels of our Applications: what people select them by, and what the steps of a rollout go by. */
export const LABELS = {
  region: "nats-platform/region",
  fleet: "nats-platform/fleet",
  component: "nats-platform/component",
} as const;
