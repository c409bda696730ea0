import { serverPorts } from "../../nats/conf/server.ts";
import type { ServerAddresses } from "../../nats/credential-fields.ts";
import type { NatsSettings } from "./settings.ts";

/** Names of a region's objects; other systems refer to them, so that they never change. */
export const names = {
  servers: "nats",
  headless: "nats-headless",
  configSecret: "nats-config",
  accounts: "nats-accounts",
} as const;

/** Labels by which a region's server pods are selected. */
export const selector = { "app.kubernetes.io/name": "nats", "app.kubernetes.io/component": "server" } as const;

/** Labels of everything that belongs to the servers. */
export const labels = { ...selector, "app.kubernetes.io/managed-by": "nats-platform" } as const;

/** The host name of one server inside its cluster. */
export function serverHost(ordinal: number, namespace: string, clusterDomain: string): string {
  return `${names.servers}-${String(ordinal)}.${names.headless}.${namespace}.svc.${clusterDomain}`;
}

/** Where clients inside the cluster connect to. */
export function serverAddresses({ namespace, clusterDomain, tls, mqtt }: NatsSettings): ServerAddresses {
  const host = `${names.servers}.${namespace}.svc.${clusterDomain}`;
  return {
    nats: `${tls === undefined ? "nats" : "tls"}://${host}:${String(serverPorts.client)}`,
    mqtt: mqtt && `${mqtt.tls === undefined ? "mqtt" : "mqtts"}://${host}:${String(mqtt.port)}`,
  };
}
