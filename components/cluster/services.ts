import { serverPorts } from "../../nats/conf/server.ts";
import type { ManifestArgs } from "../target/index.ts";
import { labels, names, selector } from "./names.ts";
import type { NatsSettings } from "./settings.ts";

type Settings = Pick<NatsSettings, "namespace" | "mqtt">;

/** The Service that clients connect to. It publishes nothing but their ports. */
export function clientService({ namespace, mqtt }: Settings): ManifestArgs["Service"] {
  return {
    metadata: { name: names.servers, namespace, labels },
    spec: { selector, ports: [port("client", serverPorts.client), ...mqttPort(mqtt)] },
  };
}

/** The Service that gives every server a host name, also while it is not ready: servers need each other to become so. */
export function headlessService({ namespace, mqtt }: Settings): ManifestArgs["Service"] {
  return {
    metadata: { name: names.headless, namespace, labels },
    spec: {
      selector,
      clusterIP: "None",
      publishNotReadyAddresses: true,
      ports: [...Object.entries(serverPorts).map(([name, number]) => port(name, number)), ...mqttPort(mqtt)],
    },
  };
}

function mqttPort(mqtt: Settings["mqtt"]) {
  return mqtt === undefined ? [] : [port("mqtt", mqtt.port)];
}

function port(name: string, number: number) {
  return { name, port: number, targetPort: name };
}
