import type { NamedBridge } from "../../config/mqtt-bridges.ts";

/** The ports that a broker listens on. */
export function listenerPorts({ listeners }: Pick<NonNullable<NamedBridge["broker"]>, "listeners">) {
  const { mqtt, websockets } = listeners;
  return [
    { name: "mqtt", port: mqtt.port },
    ...(websockets === undefined ? [] : [{ name: "websockets", port: websockets.port }]),
  ];
}
