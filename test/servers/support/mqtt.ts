import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { eventually } from "./monitoring.ts";

/** What an MQTT 3.1.1 client signs in with. */
export interface MqttLogin {
  readonly clientId: string;
  readonly username: string;
  readonly password: string;
  /** Whether the server keeps the session while the client is away. Absent: it forgets all that was there under this id. */
  readonly keepsSession?: boolean;
}

/** How a message is sent. Absent: with QoS 0, which no server acknowledges, and kept for nobody. */
export interface MqttDelivery {
  readonly qos?: 0 | 1;
  readonly retain?: boolean;
}

/** An MQTT client that can say something, and listens to nothing. */
export interface MqttClient {
  publish(topic: string, text: string, delivery?: MqttDelivery): void;
  /** Subscribes with QoS 1, and acknowledges none of the messages that come. */
  subscribe(filter: string): void;
  close(): void;
}

/** A server's answer to a login other than "accepted": 4 is a bad user name or password, 5 "not authorized". */
export class MqttRefusal extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`the MQTT server refused the login with code ${String(code)}`);
    this.code = code;
  }
}

const PUBLISH = 0x30;
const SUBSCRIBE = 0x82;
const DISCONNECT = Buffer.from([0xe0, 0]);

/**
 * Signs in: over TLS where the URL is `mqtts://…`.
 *
 * @param ca the authority that the server's certificate has to be of, as PEM
 * @throws MqttRefusal, or what Node says of a certificate that is not
 */
export async function connectMqtt(url: string, login: MqttLogin, ca?: string): Promise<MqttClient> {
  const { protocol, hostname: host, port } = new URL(url);
  const place = { host, port: Number(port) };
  const socket = protocol === "mqtts:" ? connectTls({ ...place, ca }) : connect(place);
  socket.write(connectPacket(login));
  const code = await answer(socket);
  if (code !== 0) {
    socket.destroy();
    throw new MqttRefusal(code);
  }
  let lastId = 0;
  const nextId = () => number((lastId = (lastId % 0xffff) + 1));
  return {
    publish: (topic, text, { qos = 0, retain = false } = {}) => {
      socket.write(publishPacket(topic, text, { qos, retain }, qos === 0 ? undefined : nextId()));
    },
    subscribe: (filter) => void socket.write(packet(SUBSCRIBE, nextId(), field(filter), Buffer.from([1]))),
    close: () => void socket.end(DISCONNECT),
  };
}

/**
 * Signs in as soon as it can be: the first MQTT clients of a cluster that has just started are refused for a moment (nats-server 2.15:
 * "JetStream not enabled for account", until the leader of the meta group has loaded the account).
 */
export async function connectMqttSoon(url: string, login: MqttLogin, ca?: string): Promise<MqttClient> {
  let client: MqttClient | undefined;
  await eventually(`an MQTT session of ${login.username}`, async () => {
    client = await connectMqtt(url, login, ca).catch((error: unknown) => {
      if (error instanceof MqttRefusal) return undefined;
      throw error;
    });
    return client !== undefined;
  });
  return client ?? assert.fail();
}

/** The code of CONNACK, which is the last of its four bytes; behind them may be what has waited for the client. Some servers end the connection instead of refusing: that counts as 5. */
async function answer(socket: Socket): Promise<number> {
  const [data] = (await Promise.race([
    once(socket, "data"),
    once(socket, "close").then(() => [Buffer.from([0x20, 2, 0, 5])]),
  ])) as [Buffer];
  if (data[0] !== 0x20 || data.length < 4) throw new Error(`no CONNACK: ${data.toString("hex")}`);
  return data.readUInt8(3);
}

/** What a client begins with. */
export function connectPacket({ clientId, username, password, keepsSession = false }: MqttLogin): Buffer {
  const cleanSession = keepsSession ? 0 : 0x02;
  const [level, hasUsername, hasPassword, keepAliveSeconds] = [4, 0x80, 0x40, 60];
  const head = Buffer.from([level, cleanSession | hasUsername | hasPassword, 0, keepAliveSeconds]);
  return packet(0x10, field("MQTT"), head, field(clientId), field(username), field(password));
}

/** A message; its id is needed with QoS 1. */
export function publishPacket(
  topic: string,
  text: string,
  { qos = 0, retain = false }: MqttDelivery,
  id?: Buffer,
): Buffer {
  return packet(
    PUBLISH | (qos << 1) | Number(retain),
    field(topic),
    ...(id === undefined ? [] : [id]),
    Buffer.from(text),
  );
}

function packet(type: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  for (let rest = body.length; ; rest = Math.floor(rest / 128)) {
    const isLast = rest < 128;
    length.push(isLast ? rest : (rest % 128) | 0x80);
    if (isLast) break;
  }
  return Buffer.concat([Buffer.from([type, ...length]), body]);
}

/** Text after its length in two bytes. */
function field(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([number(bytes.length), bytes]);
}

/** A number in two bytes. */
function number(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
