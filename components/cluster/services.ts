import { serverPorts } from "../../nats/conf/server.ts";
import type { ManifestArgs } from "../target/index.ts";
import { labels, names, selector } from "./names.ts";

/** The Service that clients connect to. It publishes nothing but the client port. */
export function clientService(namespace: string): ManifestArgs["Service"] {
  return {
    metadata: { name: names.servers, namespace, labels },
    spec: { selector, ports: [port("client")] },
  };
}

/** The Service that gives every server a host name, also while it is not ready: servers need each other to become so. */
export function headlessService(namespace: string): ManifestArgs["Service"] {
  return {
    metadata: { name: names.headless, namespace, labels },
    spec: {
      selector,
      clusterIP: "None",
      publishNotReadyAddresses: true,
      ports: [port("client"), port("cluster"), port("monitor")],
    },
  };
}

function port(name: keyof typeof serverPorts) {
  return { name, port: serverPorts[name], targetPort: name };
}
