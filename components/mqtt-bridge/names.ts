/** Where things are in the broker's container. */
export const brokerPaths = {
  config: "/mosquitto/config",
  authorities: "/mosquitto/ca",
  certificates: { mqtt: "/mosquitto/tls/mqtt", websockets: "/mosquitto/tls/websockets" },
  passwords: "/mosquitto/passwords",
  acl: "/mosquitto/acl",
  data: "/mosquitto/data",
} as const;

/** Files in those folders, and the Secret's field for a broker that is run here. */
export const brokerFiles = {
  config: "mosquitto.conf",
  authorities: "ca.crt",
  passwords: "passwords",
  acl: "acl",
} as const;

/** Labels by which a broker's pod is selected. */
export function selectorOf(bridge: string) {
  return {
    "app.kubernetes.io/name": "mosquitto",
    "app.kubernetes.io/instance": bridge,
    "app.kubernetes.io/component": "mqtt-bridge",
  } as const;
}

/** Labels of everything that belongs to a broker. */
export function labelsOf(bridge: string) {
  return { ...selectorOf(bridge), "app.kubernetes.io/managed-by": "nats-platform" } as const;
}

/** Field of a broker's Secret that says which configuration and password are in it: its pod waits for the very ones that it was made for. */
export function checksumField(checksum: string): string {
  return `checksum-${checksum.slice(0, 16)}`;
}

/** What belongs to a broker but for its Service and its workload, which have the bridge's name alone. */
export function besideName(bridge: string): string {
  return `${bridge}-bridge`;
}
