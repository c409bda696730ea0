import type { NamedBridge } from "../../config/mqtt-bridges.ts";
import { bridgeConf, mosquittoConf, type BridgeConf, type BrokerConf } from "../../nats/conf/mosquitto.ts";
import type { Endpoint } from "./endpoint.ts";
import { brokerFiles, brokerPaths } from "./names.ts";

type Broker = NonNullable<NamedBridge["broker"]>;

/**
 * The fields of a bridge's Secret: the whole mosquitto.conf of a broker that is run here; for one that exists, a file of its include_dir,
 * and the login alone.
 */
export function bridgeTexts(
  bridge: NamedBridge,
  endpoint: Endpoint,
  largest: number | undefined,
  password: string,
): Record<string, string> {
  const conf = bridgeOf(bridge, endpoint, password);
  if (bridge.broker !== undefined)
    return { [brokerFiles.config]: mosquittoConf(brokerOf(bridge.broker, largest), conf) };
  return { "bridge.conf": bridgeConf(conf), username: bridge.user, bridge_password: password };
}

function bridgeOf(bridge: NamedBridge, { host, port, hasTls }: Endpoint, password: string): BridgeConf {
  const { name, user, clientId, ca, restartTimeoutSeconds, topics } = bridge;
  const authorities = ca?.file ?? `${brokerPaths.authorities}/${brokerFiles.authorities}`;
  return {
    connection: name,
    ...{ host, port, clientId, username: user, password, restartTimeoutSeconds },
    authorities: hasTls ? authorities : undefined,
    topics: (["out", "in"] as const).flatMap((direction) =>
      topics[direction].map((topic) => ({ ...topic, direction })),
    ),
  };
}

function brokerOf(broker: Broker, largest: number | undefined): BrokerConf {
  const { listeners, anonymous, passwords, acl, persistence, maxQueuedMessages, logTypes, resources } = broker;
  const { sessionExpiry: sessionExpirySeconds } = broker;
  return {
    ...{ anonymous, maxQueuedMessages, logTypes },
    // The other half is for its clients, for what it retains, and for what waits for more than one of them.
    maxQueuedBytes: Math.floor(resources.limits.memory / 2),
    sessionExpiryHours: sessionExpirySeconds === undefined ? undefined : sessionExpirySeconds / 3600,
    maxMessageBytes: broker.maxMessageSize ?? largest,
    listeners: (["mqtt", "websockets"] as const).flatMap((protocol) => {
      const listener = listeners[protocol];
      if (listener === undefined) return [];
      const certificate = listener.tls === undefined ? undefined : brokerPaths.certificates[protocol];
      return [{ protocol, port: listener.port, certificate }];
    }),
    passwordFile: passwords && `${brokerPaths.passwords}/${brokerFiles.passwords}`,
    aclFile: acl && `${brokerPaths.acl}/${brokerFiles.acl}`,
    persistence: persistence && `${brokerPaths.data}/`,
  };
}
