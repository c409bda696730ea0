import type { NamedBridge } from "../../config/mqtt-bridges.ts";
import type { Account } from "../../config/schema.ts";

/** max_payload of nats-server 2.15, which is not set here. */
const SERVERS_LIMIT = 2 ** 20;

/** `NATS/1.0`, `Nmqtt-Pub:1` and their line ends, which nats-server 2.15 counts as part of a message from MQTT. */
const HEADER = 25;

/** With QoS 2 a flag and `Nmqtt-Subject:` as well, which has the subject behind it. */
const HEADER_OF_QOS_2 = HEADER + 17;

/** Bytes that are kept free for that subject: as long as no topic of a device is. */
const SUBJECT = 1024;

/**
 * The largest message, in bytes, that NATS takes from a bridge. One that is larger ends the connection, and with QoS 1 or 2 Mosquitto sends it
 * again as soon as there is another: nothing else would ever come through. Undefined where nothing goes out.
 */
export function largestMessage(bridge: NamedBridge, accounts: Readonly<Record<string, Account>>): number | undefined {
  if (bridge.topics.out.length === 0) return undefined;
  const account = accounts[bridge.account];
  const role = account?.roles[bridge.role ?? account.users[bridge.user]?.role ?? ""];
  const given = [account?.limits.payload, role?.limits.payload].flatMap((it) =>
    it === undefined || it < 0 ? [] : [it],
  );
  const limit = Math.min(SERVERS_LIMIT, ...given);
  const hasQos2 = bridge.topics.out.some(({ qos }) => qos === 2);
  const header = hasQos2 ? HEADER_OF_QOS_2 + Math.min(SUBJECT, Math.floor(limit / 2)) : HEADER;
  return Math.max(1, limit - header);
}
