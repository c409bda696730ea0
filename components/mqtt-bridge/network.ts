import type { NamedBridge } from "../../config/mqtt-bridges.ts";
import { selector as serversSelector } from "../cluster/names.ts";
import type { ManifestArgs } from "../target/index.ts";
import type { Endpoint } from "./endpoint.ts";
import { besideName, labelsOf, selectorOf } from "./names.ts";
import { listenerPorts } from "./ports.ts";

type Broker = NonNullable<NamedBridge["broker"]>;

/** Where the broker's own clients connect to. */
export function brokerService({ name, namespace }: NamedBridge, broker: Broker): ManifestArgs["Service"] {
  const { type, annotations } = broker.service;
  const marks = Object.keys(annotations).length === 0 ? {} : { annotations };
  return {
    metadata: { name, namespace, labels: labelsOf(name), ...marks },
    spec: {
      ...(type === "ClusterIP" ? {} : { type }),
      selector: selectorOf(name),
      ports: listenerPorts(broker).map(({ name, port }) => ({ name, port, targetPort: name })),
    },
  };
}

/**
 * One pod may be away, which is the only one: a drain of its node waits for nothing. Kubernetes would have it wait for a pod that runs and
 * is not ready, for ever where that never is: it has none to spare then.
 */
export function brokerDisruptionBudget({ name, namespace }: NamedBridge): ManifestArgs["PodDisruptionBudget"] {
  return {
    metadata: { name: besideName(name), namespace, labels: labelsOf(name) },
    spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow", selector: { matchLabels: selectorOf(name) } },
  };
}

/**
 * Clients come in, and nothing goes out but to the servers' MQTT port and to DNS, wherever it is: on nodes with a cache of their own it is no
 * pod. NATS that is not of this region is known by its port alone.
 */
export function brokerNetworkPolicy(
  { name, namespace, address }: NamedBridge,
  broker: Broker,
  { port }: Endpoint,
  serversNamespace: string,
): ManifestArgs["NetworkPolicy"] {
  const tcp = (port: number) => ({ protocol: "TCP", port });
  const from = broker.allowFrom?.map((matchLabels) => ({ namespaceSelector: { matchLabels } }));
  const servers = {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": serversNamespace } },
    podSelector: { matchLabels: serversSelector },
  };
  return {
    metadata: { name: besideName(name), namespace, labels: labelsOf(name) },
    spec: {
      podSelector: { matchLabels: selectorOf(name) },
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ ...(from === undefined ? {} : { from }), ports: listenerPorts(broker).map((it) => tcp(it.port)) }],
      egress: [
        { ...(address === undefined ? { to: [servers] } : {}), ports: [tcp(port)] },
        { ports: [{ protocol: "UDP", port: 53 }, tcp(53)] },
      ],
    },
  };
}
