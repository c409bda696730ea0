import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test, type TestContext } from "node:test";
import {
  AuthorizationError,
  connect,
  jwtAuthenticator,
  nkeyAuthenticator,
  type Msg,
  type NodeConnectionOptions,
} from "@nats-io/transport-node";
import { CREDENTIAL_FORMATS, type CredentialFormat } from "../../nats/credential-fields.ts";
import { run } from "../../tools/run.ts";
import { startJwtServer, type JwtServer } from "../support/jwt-server.ts";
import { manifestsOf, platformOf, runProgram } from "../support/program.ts";
import { connectWith } from "./support/clients.ts";
import { connectMqtt, MqttRefusal } from "./support/mqtt.ts";

/** A user that has to prove its key, and one that does not, whose JWT is enough. */
type UserName = "gauge" | "phone";
type Fields = Readonly<Record<string, string>>;

const folder = mkdtempSync(join(tmpdir(), "nats-platform-forms-"));
let server: JwtServer;
let mqttUrl: string;
/** Content of what the program delivers, by user and format. */
let delivered: ReadonlyMap<string, Fields>;

before(async () => {
  const platform = platformWithUsers();
  const secrets = manifestsOf(await runProgram({ stack: "dev", platform })).map(
    ({ manifest }) => manifest as unknown as { metadata: { name: string }; stringData?: Fields; data?: Fields },
  );
  const contents = new Map(secrets.map((it) => [it.metadata.name, it.stringData ?? it.data ?? {}]));
  delivered = contents;
  const conf = contents.get("nats-config")?.["nats.conf"] ?? "";
  const preload = contents.get("nats-accounts")?.["accounts.conf"] ?? "";
  const found = (pattern: RegExp) => pattern.exec(conf)?.[1] ?? assert.fail(String(pattern));
  server = await startJwtServer(
    join(folder, "nats"),
    {
      operatorJwt: found(/^operator: "?(eyJ[\w.-]+)/m),
      systemAccount: found(/^system_account: "?(A[A-Z2-7]{55})/m),
      accounts: Object.fromEntries(
        [...preload.matchAll(/(A[A-Z2-7]{55}): "(eyJ[\w.-]+)"/g)].map(([, key = "", jwt = ""]) => [key, jwt]),
      ),
    },
    { hasMqtt: true },
  );
  mqttUrl = server.mqttUrl ?? assert.fail("the server opened no port for MQTT");
});
after(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

test("creds and jwt connect, with proof of the key", async (context) => {
  const { "nats.creds": creds = "" } = fields("gauge", "creds");
  await speaks(context, connectWith(creds, [server.url]));
  const { jwt = "", seed = "" } = fields("gauge", "jwt");
  await speaks(context, dial({ authenticator: jwtAuthenticator(jwt, bytes(seed)) }));
  await refused(dial({ authenticator: jwtAuthenticator(jwt) }));
});

test("the nats command takes the context from its file, and needs nothing else", async () => {
  const { "context.json": text = "" } = fields("gauge", "context");
  const { code, stderr } = await nats(file("context.json", atServer(text)), "--context");
  assert.equal(code, 0, stderr);
  assert.match(stderr, /Published 5 bytes to "sensors.gauge.hello"/);
});

test("an nkey alone is refused by a server with an operator; with the JWT it connects", async (context) => {
  const { "nats.nk": seed = "", "nkey.pub": publicKey } = fields("gauge", "nkey");
  await refused(dial({ authenticator: nkeyAuthenticator(bytes(seed)) }));
  const { code, stderr } = await nats(file("nats.nk", seed), "--server", server.url, "--nkey");
  assert.notEqual(code, 0);
  assert.match(stderr, /Authorization Violation/i);
  assert.match(publicKey ?? "", /^U[A-Z2-7]{55}$/);
  const { jwt = "" } = fields("gauge", "jwt");
  await speaks(context, dial({ authenticator: jwtAuthenticator(jwt, bytes(seed)) }));
});

test("an MQTT client signs in with username and password, or with what a URL holds, and is heard in its account", async (context) => {
  const { "nats.creds": creds = "" } = fields("gauge", "creds");
  const gauge = await connectWith(creds, [server.url]);
  context.after(() => gauge.close());
  const messages = gauge.subscribe("sensors.phone.>")[Symbol.asyncIterator]();
  await gauge.flush();
  const { username = "", password = "" } = fields("phone", "password");
  const inUrl = new URL(fields("phone", "url").url ?? "");
  const logins = [
    { clientId: "password", username, password },
    { clientId: "url", username: decodeURIComponent(inUrl.username), password: decodeURIComponent(inUrl.password) },
  ];
  for (const login of logins) {
    const phone = await connectMqtt(mqttUrl, login);
    phone.publish("sensors/phone/kitchen", login.clientId);
    const { value: message } = (await messages.next()) as IteratorResult<Msg, never>;
    assert.deepEqual([message.subject, message.string()], ["sensors.phone.kitchen", login.clientId]);
    phone.close();
  }
});

test("an MQTT client is refused with the JWT of a role that isn't a bearer: the reason why no such password is delivered", async () => {
  const { jwt = "" } = fields("gauge", "jwt");
  const login = connectMqtt(mqttUrl, { clientId: "gauge", username: "gauge", password: jwt });
  await assert.rejects(login, (error) => error instanceof MqttRefusal && error.code === 5);
});

test("no URL lets a NATS client in, not even a bearer's: the reason why there is none for other than MQTT", async (context) => {
  const { username = "", password: jwt = "" } = fields("phone", "password");
  const { host } = new URL(server.url);
  await refused(dial({ user: username, pass: jwt }));
  await refused(dial({ token: jwt }));
  for (const login of [`${username}:${jwt}`, jwt]) {
    const { code, stderr } = await nats(`nats://${login}@${host}`, "--server");
    assert.notEqual(code, 0);
    assert.match(stderr, /Authorization Violation/i);
  }
  // The JWT is as good as it was for MQTT: only a URL has no place for it.
  await speaks(context, dial({ authenticator: jwtAuthenticator(jwt) }));
});

/** The dev stack whose IOT account has both users, each delivered in every form that it can have. */
function platformWithUsers(): object {
  const platform = structuredClone(platformOf("dev")) as unknown as {
    accounts: { IOT: { roles: Record<string, object>; users: Record<string, object> } };
  };
  const { IOT } = platform.accounts;
  const role = { publish: ["sensors.{{name()}}.>"], subscribe: ["sensors.>", "_INBOX.>", "$MQTT.sub.>"] };
  IOT.roles = { ...IOT.roles, gauge: role, phone: { ...role, bearer: true } };
  const deliver = (user: UserName, formats: readonly CredentialFormat[]) =>
    formats.map((format) => ({ region: "local", namespace: "iot", secret: `${user}.${format}`, format }));
  IOT.users.gauge = { role: "gauge", deliver: deliver("gauge", ["creds", "jwt", "nkey", "context"]) };
  IOT.users.phone = { role: "phone", deliver: deliver("phone", CREDENTIAL_FORMATS) };
  return platform;
}

function fields(user: UserName, format: CredentialFormat): Fields {
  return delivered.get(`${user}.${format}`) ?? assert.fail(`${user} is not delivered as ${format}`);
}

/** The text with the test's server in place of the one in the cluster. */
function atServer(text: string): string {
  assert.ok(text.includes(CLUSTER_URL));
  return text.replace(CLUSTER_URL, server.url);
}

const CLUSTER_URL = "nats://nats.nats.svc.cluster.local:4222";

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

/** Publishes with `nats`, these options and the last one's value, in a home where no context is. (`nats rtt` ends well if refused.) */
function nats(last: string, ...options: readonly string[]) {
  const env = { PATH: process.env.PATH, HOME: folder, XDG_CONFIG_HOME: join(folder, "config") };
  return run("nats", ["pub", "sensors.gauge.hello", "hello", ...options, last], {
    cwd: folder,
    env,
    timeoutMs: 60_000,
  });
}

function dial(options: NodeConnectionOptions) {
  return connect({ servers: server.url, timeout: 20_000, reconnect: false, ...options });
}

async function speaks(context: TestContext, connecting: ReturnType<typeof connect>): Promise<void> {
  const connection = await connecting;
  context.after(() => connection.close());
  await connection.flush();
}

async function refused(connecting: ReturnType<typeof connect>): Promise<void> {
  await assert.rejects(connecting, AuthorizationError);
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
