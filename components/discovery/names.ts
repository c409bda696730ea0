/** Names of the controller's objects; people and tools refer to them, so that they never change. */
export const names = {
  controller: "nats-discovery",
  settings: "nats-discovery-settings",
  keys: "nats-discovery-keys",
} as const;

/** Into how many ConfigMaps each record is split: one holds 1 MiB. */
const PARTS = 8;

/** The ConfigMaps that record what was handed out; a place's is found by a hash. */
export const ledgerNames: readonly string[] = Array.from(
  { length: PARTS },
  (_, part) => `nats-discovery-ledger-${part}`,
);

/** The ConfigMaps that list the users to be revoked: the next is used when one is full. */
export const withdrawnNames: readonly string[] = Array.from({ length: PARTS }, (_, part) =>
  part === 0 ? "nats-discovery-withdrawn" : `nats-discovery-withdrawn-${part}`,
);

/** Labels by which the controller's pod is selected. */
export const selector = { "app.kubernetes.io/name": "nats", "app.kubernetes.io/component": "discovery" } as const;

/** Labels of everything that belongs to the controller. */
export const labels = { ...selector, "app.kubernetes.io/managed-by": "nats-platform" } as const;

/** Name of what one region's controller has outside its own namespace: two regions may share a cluster. */
export function accessName(region: string): string {
  return `${names.controller}-${region}`;
}

/** Where the settings and the keys are in the controller's pod, and on which port it says how it is. */
export const files = {
  settings: "/etc/nats-discovery/settings/settings.json",
  keys: "/etc/nats-discovery/keys/keys.json",
} as const;

/** Port of the controller's health. */
export const healthPort = 8080;
