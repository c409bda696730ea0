import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { run } from "../../tools/run.ts";
import { startBridged, type BridgedRegion } from "./support/bridge.ts";
import { issueFor } from "./support/certificates.ts";
import { publish, subscribe, type ClientOptions, type Mosquitto } from "./support/mosquitto.ts";
import { connectPacket, publishPacket } from "./support/mqtt.ts";

let bridged: BridgedRegion;
let mosquitto: Mosquitto;
let secure: Mosquitto;
let client: ClientOptions;
const alice = ["alice", "open sesame"] as const;
const bob = ["bob", "let me in"] as const;

before(async () => {
  const broker = {
    anonymous: false,
    passwords: { secret: "users" },
    acl: { configMap: "acl" },
    persistence: { size: "16Mi" },
    sessionExpiry: "14d",
    listeners: { mqtt: { tls: { secret: "tls" } }, websockets: {} },
    logTypes: ["error", "warning", "notice", "information"],
  };
  const topics = { out: ["sensors/#"] };
  const forBrowsers = { anonymous: true, listeners: { websockets: { tls: { secret: "tls" } } } };
  bridged = await startBridged({ home: { topics, broker }, browsers: { topics, broker: forBrowsers } });
  const passwords = join(bridged.folder, "passwords");
  writeFileSync(passwords, [alice, bob].map(([name, password]) => `${name}:${password}\n`).join(""));
  assert.equal((await run("mosquitto_passwd", ["-U", passwords], { cwd: "/" })).code, 0);
  const certificate = await issueFor(bridged.authority, "broker");
  mosquitto = await bridged.start("home", {
    files: {
      "/mosquitto/passwords/passwords": readFileSync(passwords, "utf8"),
      "/mosquitto/acl/acl": "user alice\ntopic readwrite #\ntopic read $SYS/#\nuser bob\ntopic read sensors/#\n",
      "/mosquitto/tls/mqtt/tls.crt": certificate["tls.crt"],
      "/mosquitto/tls/mqtt/tls.key": certificate["tls.key"],
    },
  });
  secure = await bridged.start("browsers", {
    files: {
      "/mosquitto/tls/websockets/tls.crt": certificate["tls.crt"],
      "/mosquitto/tls/websockets/tls.key": certificate["tls.key"],
    },
  });
  client = { port: mosquitto.ports[0] ?? 0, authority: bridged.authority.certificate };
});
after(() => bridged.end());

test("a client with its password connects over TLS, and one without, or with another's, does not", async () => {
  await publish({ ...client, login: alice }, "sensors/x", "1");
  await assert.rejects(publish(client, "sensors/x", "1"), /not authorised/i);
  await assert.rejects(publish({ ...client, login: ["alice", bob[1]] }, "sensors/x", "1"), /not authorised/i);
});

test("a listener with TLS takes nobody without it", async () => {
  const { authority: _, ...plain } = client;
  await assert.rejects(publish({ ...plain, login: alice }, "sensors/x", "1"), /connection was lost|Protocol error/i);
});

test("the ACL file lets each user do what it says", async () => {
  const subscriber = await subscribe({ ...client, login: bob }, "#");
  await publish({ ...client, login: bob }, "sensors/acl", "forbidden");
  await publish({ ...client, login: alice }, "private/acl", "not for bob");
  await publish({ ...client, login: alice }, "sensors/acl", "allowed");
  await subscriber.hears("sensors/acl", "allowed");
  await subscriber.stop();
  assert.deepEqual(
    subscriber.heard.filter(({ topic }) => topic.endsWith("/acl")).map(({ text }) => text),
    ["allowed"],
  );
});

test("a broker starts that ends the sessions of clients which never come back", () => {
  assert.match(bridged.confOf("home"), /^persistent_client_expiration 336h$/m);
  assert.equal(mosquitto.count(/ running$/), 1);
});

test("whether the bridge is up is told at the broker, and not in NATS", async () => {
  const state = "$SYS/broker/connection/local-home/state";
  const subscriber = await subscribe({ ...client, login: alice }, state);
  assert.equal((await subscriber.hears(state, "1")).retained, true);
  await subscriber.stop();
  assert.equal(mosquitto.count(/Sending PUBLISH to local\.local-home .*\$SYS/), 0);
});

test("browsers connect by websockets", async () => {
  const browser = await openSocket(`ws://127.0.0.1:${String(mosquitto.ports[1])}`);
  assert.equal(await browser.signIn(), "20020000");
  browser.socket.close();
});

test("browsers connect by websockets over TLS, where they trust its authority, and what they publish is heard", async () => {
  const url = `wss://localhost:${String(secure.ports[1])}`;
  await assert.rejects(openSocket(url), /no websocket/);
  setDefaultCACertificates([...getCACertificates(), readFileSync(bridged.authority.certificate, "utf8")]);
  await assert.rejects(openSocket(url.replace("wss:", "ws:")), /no websocket/);
  const subscriber = await subscribe({ port: secure.ports[0] ?? 0 }, "sensors/#");
  const browser = await openSocket(url);
  assert.equal(await browser.signIn(), "20020000");
  browser.socket.send(publishPacket("sensors/browser", "over TLS", {}));
  await subscriber.hears("sensors/browser", "over TLS");
  browser.socket.close();
  await subscriber.stop();
});

/** A websocket as a browser opens it. @throws where it does not come about */
async function openSocket(url: string) {
  const socket = new WebSocket(url, ["mqtt"]);
  socket.binaryType = "arraybuffer";
  await Promise.race([once(socket, "open"), once(socket, "error").then(() => assert.fail(`no websocket to ${url}`))]);
  /** The broker's answer to a login, in hex: 20020000 accepts it. */
  const signIn = async () => {
    socket.send(connectPacket({ clientId: "browser", username: alice[0], password: alice[1] }));
    const [{ data }] = (await once(socket, "message")) as [{ data: ArrayBuffer }];
    return Buffer.from(data).toString("hex");
  };
  return { socket, signIn };
}
