/** QoS of MQTT: at most once, at least once, exactly once. */
export type Qos = 0 | 1 | 2;

/** Topics that go one way. */
export interface BridgedTopic {
  /** A filter, to which each side has its prefix. */
  readonly topic: string;
  readonly direction: "in" | "out";
  readonly qos: Qos;
  /** What stands before it on the broker's side. */
  readonly local: string;
  /** What stands before it on the side of NATS. */
  readonly remote: string;
}

/** The bridge section of mosquitto.conf. */
export interface BridgeConf {
  /** Name of the bridge, as the broker shows it. */
  readonly connection: string;
  readonly host: string;
  readonly port: number;
  /** File with the authorities that the server's certificate may come from. Absent: no TLS. */
  readonly authorities?: string | undefined;
  /** By which the servers know the bridge's session: the same for ever. */
  readonly clientId: string;
  readonly username: string;
  /** JWT of a bearer user. */
  readonly password: string;
  readonly restartTimeoutSeconds?: number | undefined;
  readonly topics: readonly BridgedTopic[];
}

/** A port for the broker's own clients. */
export interface ListenerConf {
  readonly port: number;
  readonly protocol: "mqtt" | "websockets";
  /** Folder with tls.crt and tls.key. Absent: no TLS. */
  readonly certificate?: string | undefined;
}

/** The rest of mosquitto.conf. */
export interface BrokerConf {
  readonly listeners: readonly ListenerConf[];
  readonly anonymous: boolean;
  readonly passwordFile?: string | undefined;
  readonly aclFile?: string | undefined;
  /** Folder for what has to outlive a restart, with a slash at its end. Absent: nothing does. */
  readonly persistence?: string | undefined;
  /** How many messages with QoS 1 and 2 wait for each client that is away, the bridge among them. */
  readonly maxQueuedMessages: number;
  /** How many bytes they may have together: what is more is lost, and not the broker. */
  readonly maxQueuedBytes: number;
  /** Largest message, in bytes, that is taken from anybody. Absent: as large as MQTT can say. */
  readonly maxMessageBytes?: number | undefined;
  /** How long the session of a client is kept that is away. Absent: for ever. */
  readonly sessionExpiryHours?: number | undefined;
  /** Absent: what Mosquitto logs by itself. */
  readonly logTypes?: readonly string[] | undefined;
}

type Line = readonly (string | number | boolean)[];

/** The whole mosquitto.conf of a broker with a bridge. */
export function mosquittoConf(broker: BrokerConf, bridge: BridgeConf): string {
  return `${render(brokerLines(broker))}\n${bridgeConf(bridge)}`;
}

/** The bridge section alone, for a broker that exists: a file of its include_dir. */
export function bridgeConf(bridge: BridgeConf): string {
  return render(bridgeLines(bridge));
}

function brokerLines(broker: BrokerConf): Line[] {
  return [
    // In 2.0, an option of one listener would otherwise hold for all that are below it.
    ["per_listener_settings", false],
    ["allow_anonymous", broker.anonymous],
    ...given("password_file", broker.passwordFile),
    ...given("acl_file", broker.aclFile),
    ["persistence", broker.persistence !== undefined],
    ...given("persistence_location", broker.persistence),
    // Seconds: what a broker that is killed may lose. It writes everything when it is stopped.
    ...given("autosave_interval", broker.persistence === undefined ? undefined : 60),
    // Mosquitto 2.0 takes hours, days and more, but no sum of them. It never takes away a bridge's session.
    ...given("persistent_client_expiration", broker.sessionExpiryHours && `${String(broker.sessionExpiryHours)}h`),
    ["max_queued_messages", broker.maxQueuedMessages],
    ["max_queued_bytes", broker.maxQueuedBytes],
    // 2.0 has bridge_max_packet_size as well, but counts each message that is dropped by it among those on their way, for ever: after 20 the bridge is stuck.
    ...given("message_size_limit", broker.maxMessageBytes),
    // Mosquitto 2.0 writes to stdout in blocks where that is no terminal: what it said last would not be in the pod's log.
    ["log_dest", "stderr"],
    ["log_timestamp_format", "%Y-%m-%dT%H:%M:%S%z"],
    ...(broker.logTypes ?? []).map((type): Line => ["log_type", type]),
    ...broker.listeners.flatMap(listenerLines),
  ];
}

function listenerLines({ port, protocol, certificate }: ListenerConf): Line[] {
  const listener: Line[] = [
    ["listener", port],
    ["protocol", protocol],
  ];
  if (certificate === undefined) return listener;
  return [...listener, ["certfile", `${certificate}/tls.crt`], ["keyfile", `${certificate}/tls.key`]];
}

function bridgeLines(bridge: BridgeConf): Line[] {
  const isKept = bridge.topics.some(({ qos }) => qos > 0);
  return [
    ["connection", bridge.connection],
    ["address", `${bridge.host}:${String(bridge.port)}`],
    ...given("bridge_cafile", bridge.authorities),
    // nats-server 2.15 speaks 3.1.1 and nothing else; with try_private, Mosquitto says version 132 first, and is refused.
    ["bridge_protocol_version", "mqttv311"],
    ["try_private", false],
    ["remote_clientid", bridge.clientId],
    ["remote_username", bridge.username],
    ["remote_password", bridge.password],
    // A session of which the server keeps what comes while the bridge is away; with QoS 0 alone there would be nothing in it.
    ["cleansession", !isKept],
    ["keepalive_interval", 30],
    ...given("restart_timeout", bridge.restartTimeoutSeconds),
    // Whether the bridge is up: for the broker's own clients, not for NATS, where the topic's subject begins with $SYS.
    ["notifications", true],
    ["notifications_local_only", true],
    ...bridge.topics.map(({ topic, direction, qos, local, remote }): Line => [
      "topic",
      topic,
      direction,
      qos,
      prefix(local),
      prefix(remote),
    ]),
  ];
}

function prefix(text: string): string {
  return text === "" ? '""' : text;
}

function given(key: string, value: string | number | undefined): Line[] {
  return value === undefined ? [] : [[key, value]];
}

function render(lines: readonly Line[]): string {
  return lines.map(lineText).join("");
}

/**
 * Mosquitto 2.0 has neither quotes nor escapes: a line's end ends a value, and a space one of several in a line. The value is not in the
 * error: it may be the password.
 */
function lineText([key, ...values]: Line): string {
  const words = values.map(String);
  const wrong = words.length > 1 ? /^$|\s|\p{Cc}/u : /^$|^\s|\s$|\p{Cc}/u;
  if (words.some((word) => wrong.test(word))) {
    const allowed = words.length > 1 ? "without white space" : "without line breaks and white space around it";
    throw new Error(`a value of ${String(key)} in mosquitto.conf can't be written: it must be text ${allowed}`);
  }
  return `${String(key)} ${words.join(" ")}\n`;
}
