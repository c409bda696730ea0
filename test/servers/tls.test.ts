import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test, type TestContext } from "node:test";
import type { Msg, NatsConnection } from "@nats-io/transport-node";
import { readRendered, secretsOf, type Rendered } from "../../cli/local/manifests.ts";
import type { RunningServer } from "../../cli/local/server.ts";
import { makeAuthority, type Authority } from "../../tools/cluster/certificates.ts";
import { platformOf } from "../support/program.ts";
import { addSecret, issueFor, listeners, presented, replaceFiles } from "./support/certificates.ts";
import { connectAs, natsCommand } from "./support/clients.ts";
import { eventually } from "./support/monitoring.ts";
import { connectMqtt, connectMqttSoon, MqttRefusal, type MqttLogin } from "./support/mqtt.ts";
import { startDev, type TestRegion } from "./support/region.ts";

const folder = mkdtempSync(join(tmpdir(), "nats-platform-tls-"));
const secretNames = { client: "nats-client-tls", mqtt: "nats-mqtt-tls" };
let authority: Authority;
/** PEM of the authority that the servers' certificates are of, and of another one. */
let ca: string;
let otherCa: string;
let region: TestRegion;
let login: MqttLogin;

before(async () => {
  authority = await authorityIn("own");
  ca = readFileSync(authority.certificate, "utf8");
  otherCa = readFileSync((await authorityIn("other")).certificate, "utf8");
  const certificates = { client: await issueFor(authority, "client"), mqtt: await issueFor(authority, "mqtt") };
  region = await startDev({ platform: platformWithTls() }, ({ rendered }) => {
    for (const listener of listeners) addSecret(rendered, secretNames[listener], certificates[listener]);
    login = loginIn(rendered);
  });
});
after(async () => {
  await region.end();
  rmSync(folder, { recursive: true });
});

test("NATS clients connect over TLS to every server, and to none whose certificate is not of the authority they trust", async () => {
  for (const url of region.urls) {
    assert.match(url, /^tls:/);
    const connection = await connectAs(region, "SERVICES", "orders", { urls: [url], tls: { ca } });
    await connection.flush();
    await connection.close();
    await assert.rejects(
      connectAs(region, "SERVICES", "orders", { urls: [url], tls: { ca: otherCa } }),
      /unable to verify the first certificate|self-signed certificate/,
    );
  }
});

test("the contexts that are written for the nats command know the authority", async () => {
  const { code, stderr } = await natsCommand(region, { account: "SERVICES", user: "orders" }, ["pub", "orders.a", "b"]);
  assert.equal(code, 0, stderr);
});

test("an MQTT client signs in over TLS with a bearer's JWT, on every server, and is heard in its account", async (t) => {
  const heard = await hearingFrom(t, "phone");
  for (const { name, mqttUrl = "" } of region.servers) {
    assert.match(mqttUrl, /^mqtts:/);
    const phone = await connectMqttSoon(mqttUrl, { ...login, clientId: name }, ca);
    t.after(() => {
      phone.close();
    });
    phone.publish("sensors/phone/kitchen", name);
    const message = await heard();
    assert.deepEqual([message.subject, message.string()], ["sensors.phone.kitchen", name]);
  }
});

test("an MQTT client is refused over TLS with a JWT that isn't one", async () => {
  await assert.rejects(connectMqtt(mqttOf(region.servers[0]), { ...login, password: "eyJ" }, ca), MqttRefusal);
});

test("an MQTT client with another authority breaks off, and one without TLS gets no answer of MQTT", async () => {
  const url = mqttOf(region.servers[0]);
  await assert.rejects(connectMqtt(url, login, otherCa), /unable to verify the first certificate|self-signed/);
  // With this login a listener without TLS would let it in.
  await assert.rejects(connectMqtt(url.replace("mqtts:", "mqtt:"), login), (error) => {
    return error instanceof MqttRefusal || /no CONNACK: 15|read ECONNRESET/.test(String(error));
  });
});

const reloads: [how: string, reload: (server: RunningServer) => Promise<void> | void][] = [
  [
    "SIGHUP",
    (server) => {
      server.kill("SIGHUP");
    },
  ],
  [
    "the reload command of docs/servers.md",
    async ({ name }) => {
      const admin = (...args: string[]) => natsCommand(region, { account: "SYS", user: "admin" }, ["server", ...args]);
      const { stdout } = await admin("info", name);
      const [, id = assert.fail(stdout)] = /\((N[A-Z2-7]{55})\)/.exec(stdout) ?? [];
      const { code, stderr } = await admin("config", "reload", id, "--force");
      assert.equal(code, 0, stderr);
    },
  ],
];

for (const [index, [how, reload]] of reloads.entries()) {
  test(`a renewed certificate is presented after ${how} and not before, and no connection is lost`, async (t) => {
    const server = region.servers[index] ?? assert.fail("no such server");
    const before = await all((listener) => presented(server, listener, ca));
    assert.notEqual(before.client, before.mqtt, "each listener has its own");
    const heard = await hearingFrom(t, "phone", server);
    const phone = await connectMqttSoon(mqttOf(server), { ...login, clientId: "renewal" }, ca);
    t.after(() => {
      phone.close();
    });

    const renewed = await all((listener) => issueFor(authority, `${listener}-${String(index)}`));
    for (const listener of listeners) replaceFiles(server, listener, renewed[listener]);
    assert.deepEqual(await all((listener) => presented(server, listener, ca)), before);

    await reload(server);
    for (const listener of listeners) {
      const wanted = renewed[listener]["tls.crt"].trim();
      const isPresented = async () => (await presented(server, listener, ca)).trim() === wanted;
      await eventually(`${listener}: the renewed certificate`, isPresented);
    }
    phone.publish("sensors/phone/kitchen", how);
    assert.equal((await heard()).string(), how);
  });
}

test("a certificate that does not fit its key is not taken: the server goes on with what it has", async () => {
  const server = region.servers[2] ?? assert.fail("no such server");
  const before = await all((listener) => presented(server, listener, ca));
  const [one, other] = [await issueFor(authority, "one"), await issueFor(authority, "another")];
  for (const listener of listeners) replaceFiles(server, listener, { ...one, "tls.key": other["tls.key"] });
  server.kill("SIGHUP");
  const refusal = /Failed to reload server configuration:.*(x509|certificate)/;
  await eventually("the server says so", () => refusal.test(readFileSync(server.logFile, "utf8")));
  assert.deepEqual(await all((listener) => presented(server, listener, ca)), before);
});

/** The dev stack with TLS, and an MQTT user whose credentials are delivered as a password. */
function platformWithTls(): object {
  const platform = structuredClone(platformOf("dev")) as unknown as {
    accounts: { IOT: { roles: Record<string, object>; users: Record<string, object> } };
    regions: { local: { nats: object; mqttBridges: object } };
  };
  const { local } = platform.regions;
  const mqtt = { tls: { secret: secretNames.mqtt } };
  local.mqttBridges = {};
  local.nats = { ...local.nats, tls: { secret: secretNames.client }, mqtt };
  const { IOT } = platform.accounts;
  IOT.roles.phone = { bearer: true, publish: ["sensors.{{name()}}.>"], subscribe: ["commands.{{name()}}.>"] };
  const deliver = [{ region: "local", namespace: "iot", secret: "phone-mqtt", format: "password" }];
  IOT.users.phone = { role: "phone", deliver };
  return platform;
}

function loginIn(rendered: Rendered): MqttLogin {
  const secret = secretsOf(readRendered(rendered)).find(({ metadata }) => metadata.name === "phone-mqtt");
  const { username = "", password = "", URLS = "" } = secret?.stringData ?? {};
  assert.equal(URLS, "mqtts://nats.nats.svc.cluster.local:1883");
  return { clientId: "phone", username, password };
}

async function authorityIn(name: string): Promise<Authority> {
  const its = join(folder, name);
  mkdirSync(its);
  return makeAuthority(its);
}

function mqttOf(server: RunningServer | undefined): string {
  return server?.mqttUrl ?? assert.fail("it takes no MQTT clients");
}

async function all<Value>(of: (listener: "client" | "mqtt") => Promise<Value>) {
  return { client: await of("client"), mqtt: await of("mqtt") };
}

/** What the collector of the account hears from a device, one message after the other. */
async function hearingFrom(t: TestContext, device: string, server?: RunningServer): Promise<() => Promise<Msg>> {
  const urls = server === undefined ? region.urls : [server.url];
  const collector: NatsConnection = await connectAs(region, "IOT", "collector", { urls, tls: { ca } });
  t.after(() => collector.close());
  const messages = collector.subscribe(`sensors.${device}.>`)[Symbol.asyncIterator]();
  await collector.flush();
  return async () => (await messages.next()).value as Msg;
}
