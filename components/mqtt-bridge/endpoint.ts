import type { NamedBridge } from "../../config/mqtt-bridges.ts";
import { serverAddresses } from "../cluster/names.ts";
import type { NatsSettings } from "../cluster/settings.ts";

/** Where a bridge connects to. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly hasTls: boolean;
  /** `mqtt://` or `mqtts://` */
  readonly url: string;
}

/** NATS as a bridge reaches it: where it says, or the region's own servers. */
export function endpointOf({ name, address }: NamedBridge, nats: NatsSettings): Endpoint {
  if (address !== undefined) {
    const { host, port, tls } = address;
    return { host, port, hasTls: tls, url: `${tls ? "mqtts" : "mqtt"}://${host}:${String(port)}` };
  }
  const url = serverAddresses(nats).mqtt;
  if (url === undefined) throw new Error(`bridge ${name}: the servers take no MQTT clients`);
  const { protocol, hostname, port } = new URL(url);
  return { host: hostname, port: Number(port), hasTls: protocol === "mqtts:", url };
}
