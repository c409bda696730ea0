import assert from "node:assert/strict";
import { randomBytes, X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { AuthorizationError, type NatsConnection } from "@nats-io/transport-node";
import { parse, stringify } from "yaml";
import { credentialsIn } from "../../cli/local/credentials.ts";
import { statusOf } from "../../cli/local/health.ts";
import { readRendered, secretsOf } from "../../cli/local/manifests.ts";
import { startRegion, type LocalRegion } from "../../cli/local/region.ts";
import { startServer, type RunningServer } from "../../cli/local/server.ts";
import { scopedUserClaims } from "../../nats/claims/user.ts";
import { formatCreds } from "../../nats/creds.ts";
import { decodeJwt, signJwt, type Claims } from "../../nats/jwt.ts";
import { encodeSeed, publicKeyOf, signerOf, type Seed } from "../../nats/nkeys.ts";
import { systemExporterNeeds } from "../../nats/system-exporter.ts";
import { makeAuthority, type Authority } from "../../tools/cluster/certificates.ts";
import { fixedMaterial } from "../support/fixed-keys.ts";
import { startNatsServer } from "../support/nats-server.ts";
import { platformOf } from "../support/program.ts";
import { connectWith } from "./support/clients.ts";
import { only, startExporterCommand, type ExporterCommand, type Series } from "./support/exporter.ts";
import { becomes, eventually } from "./support/monitoring.ts";
import { connectMqtt, connectMqttSoon, MqttRefusal } from "./support/mqtt.ts";
import { natsServer, renderDev, type RenderedStack } from "./support/region.ts";
import { startSilentClient } from "./support/silent-client.ts";

const refusals = "nats_system_authentication_errors_total";
const ends = "nats_system_disconnects_total";
const certificates = "nats_system_certificate_expiry_timestamp_seconds";
const names = ["nats-0", "nats-1", "nats-2"];

/** What the exporter's user has to be allowed, and not a subject more. */
const { publish, subscribe } = systemExporterNeeds;
const role = { publish, subscribe };

let stack: RenderedStack;
let region: LocalRegion;
let authority: Authority;
let exporter: ExporterCommand;
/** Servers that run now: those of the region, or others in their places. */
let running: RunningServer[];

before(async () => {
  stack = await renderDev({ platform: platformWithExporter(), fixed: true });
  const folder = join(stack.folder, "certificates");
  mkdirSync(folder);
  authority = await makeAuthority(folder);
  await addListeners();
  region = await startRegion({
    ...{ rendered: stack.rendered, folder: join(stack.folder, "run"), ports: "free", executable: natsServer() },
  });
  running = [...region.servers];
  // Until JetStream is there for its account, an MQTT client is refused.
  (await connectMqttSoon(mqttUrl(0), phone("first"))).close();
  exporter = await startExporterCommand([...connection("exporter"), "--interval", "1s", "--mqtt-client", "bridge"]);
  await exporter.shows("every server", (series) => series.nats_system_servers === 3);
});
after(async () => {
  for (const server of running) {
    server.kill("SIGKILL");
    await server.ended;
  }
  await region.stop();
  rmSync(stack.folder, { recursive: true, force: true });
  assert.equal(await exporter.end(), 0);
});

test("what is counted is there from 0 on for every server, and good logins count nothing", async () => {
  for (const url of region.urls) await (await connectWith(creds("SERVICES", "orders"), [url])).close();
  (await connectMqtt(mqttUrl(0), phone("good"))).close();
  const series = await nextPoll();
  assert.equal(series.nats_system_connected, 1);
  // On a busy machine an answer may come too late for one poll, but not for each.
  const failures = async () => (await exporter.series()).nats_system_poll_failures_total;
  await eventually(
    "polls do not fail",
    async () => (await failures()) === (await nextPoll()).nats_system_poll_failures_total,
  );
  const zero = (labels: (server: string) => string[]) =>
    Object.fromEntries(names.flatMap((server) => labels(server).map((it) => [`{server="${server}",${it}}`, 0])));
  assert.deepEqual(
    only(series, refusals),
    zero(() => ['client_type="nats"', 'client_type="mqtt"']),
  );
  assert.deepEqual(
    only(series, ends),
    zero(() => ['reason="expired"', 'reason="revoked"']),
  );
  for (const path of ["/readyz", "/healthz"] as const) await becomes(() => exporter.status(path), 200, path);
});

test("a refused login is counted once, at the server that refused it, whatever was wrong with it and whichever account it was for", async () => {
  const before = await exporter.series();
  const seed = newSeed();
  const wrong = [
    formatCreds(jwtOf(creds("SERVICES", "orders")), seed),
    formatCreds(jwtOf(creds("SYS", "admin")), seed),
    signedUser({ seed: newSeed(), exp: now() - 60 }),
  ];
  for (const text of wrong) await assert.rejects(connectWith(text, [urlOf(1)]), AuthorizationError);
  for (const password of ["wrong", jwtOf(creds("SERVICES", "orders"))])
    await assert.rejects(connectMqtt(mqttUrl(2), { ...phone("bad"), password }), MqttRefusal);
  const counted = { '{server="nats-1",client_type="nats"}': 3, '{server="nats-2",client_type="mqtt"}': 2 };
  await exporter.shows("the refusals", (series) =>
    Object.entries(counted).every(([labels, count]) => series[refusals + labels] === count),
  );
  // Also after the time in which an account's event waits for the operator's.
  await nextPoll();
  await nextPoll();
  await nextPoll();
  assert.deepEqual(only(await nextPoll(), refusals), { ...only(before, refusals), ...counted });
});

test("a connection that ends because its JWT expires is counted, and so is one whose user is revoked", async (t) => {
  const before = await exporter.series();
  // A client that reads would end the connection itself when it is told, and the server may take that for the reason.
  const expiring = await startSilentClient(urlOf(0), signedUser({ seed: newSeed(), exp: now() + 10 }), "orders.>");
  t.after(() => {
    expiring.close();
  });
  const revoked = newSeed();
  const revocable = await connectWith(signedUser({ seed: revoked }), [urlOf(2)]);
  const admin = await connectWith(creds("SYS", "admin"), [urlOf(0)]);
  await revoke(admin, revoked);
  await Promise.all([revocable.closed(), admin.close()]);
  const counted = { '{server="nats-0",reason="expired"}': 1, '{server="nats-2",reason="revoked"}': 1 };
  await exporter.shows("both", (series) =>
    Object.entries(counted).every(([labels, count]) => series[ends + labels] === count),
  );
  const series = await nextPoll();
  assert.deepEqual(only(series, ends), { ...only(before, ends), ...counted });
  assert.deepEqual(only(series, refusals), only(before, refusals));
});

test("each listener with TLS shows when its certificate ends, and listeners without show nothing", async () => {
  const expires = endOf(join(stack.folder, "certificates/websocket.crt"));
  await becomes(
    async () => only(await exporter.series(), certificates),
    Object.fromEntries(names.map((server) => [`{server="${server}",listener="websocket"}`, expires])),
  );
});

test("a server with TLS for its clients is asked over TLS, and shows its certificate", async (t) => {
  const { certificate, key } = await authority.issue("client", "nats", "nats", ["localhost"]);
  const [conf = ""] = natsConf();
  const preload = secretless("accounts.conf");
  const server = await startNatsServer(join(stack.folder, "tls"), {
    server_name: "alone",
    operator: /^operator: "?(eyJ[\w.-]+)/m.exec(conf)?.[1],
    system_account: /^system_account: "?(A[A-Z2-7]{55})/m.exec(conf)?.[1],
    resolver: "MEMORY",
    resolver_preload: accountsIn(preload),
    tls: { cert_file: certificate, key_file: key },
  });
  t.after(() => server.stop());
  const args = [
    "--creds",
    credsFile("exporter"),
    "--server",
    server.url.replace("127.0.0.1", "localhost"),
    "--interval",
    "1s",
  ];
  const single = await startExporterCommand([...args, "--ca", authority.certificate]);
  t.after(() => single.end());
  const stranger = await startExporterCommand(args);
  t.after(() => stranger.end());
  const series = await single.shows("the certificate", (it) => Object.keys(only(it, certificates)).length > 0);
  assert.deepEqual(only(series, certificates), { '{server="alone",listener="client"}': endOf(certificate) });
  // A server without JetStream has no meta group.
  assert.deepEqual(only(series, "nats_system_meta_peers"), {});
  await eventually("what is wrong", () => /not connected.*certificate/.test(stranger.said()));
  assert.deepEqual([(await stranger.series()).nats_system_connected, await stranger.status("/readyz")], [0, 503]);
});

test("connections of an MQTT client are counted over all servers: 0, 1, and 0 again", async () => {
  const count = 'nats_system_mqtt_client_connections{client_id="bridge"}';
  await becomes(async () => only(await exporter.series(), "nats_system_mqtt_client_connections"), {
    '{client_id="bridge"}': 0,
  });
  const bridge = await connectMqtt(mqttUrl(1), phone("bridge"));
  const other = await connectMqtt(mqttUrl(1), phone("other"));
  await exporter.shows("the bridge", (series) => series[count] === 1);
  bridge.close();
  await exporter.shows("its end", (series) => series[count] === 0);
  other.close();
});

test("a user with exactly the role's permissions is denied nothing; one that lacks a subject is told of, and never ready", async (t) => {
  const violations = () =>
    running.flatMap(
      ({ logFile }) => /.*(?:Publish|Subscription) Violation.*/.exec(readFileSync(logFile, "utf8")) ?? [],
    );
  assert.deepEqual(violations(), []);
  const deaf = await startExporterCommand([...connection("deaf"), "--interval", "1s"]);
  t.after(() => deaf.end());
  const told = `the role of the user has to allow the subject","subject":"$SYS.ACCOUNT.*.DISCONNECT"`;
  await eventually("it says which subject", () => deaf.said().includes(told));
  await deaf.shows("failures", (series) => (series.nats_system_poll_failures_total ?? 0) > 1);
  assert.equal(await deaf.status("/readyz"), 503);
  assert.notDeepEqual(violations(), []);
});

test("a server that is killed takes its gauges with it and keeps its counters, and its peer is not current", async () => {
  const before = await exporter.series();
  const victim = running[1] ?? assert.fail();
  victim.kill("SIGKILL");
  await victim.ended;
  const series = await exporter.shows(
    "a peer that is not current",
    (it) => it[`nats_system_meta_peer_current{peer="${victim.name}"}`] === 0 && it.nats_system_servers === 2,
  );
  assert.equal(series.nats_system_meta_peers, 3);
  await becomes(
    async () => Object.keys(only(await exporter.series(), certificates)).sort(),
    ['{server="nats-0",listener="websocket"}', '{server="nats-2",listener="websocket"}'],
  );
  assert.deepEqual(only(series, refusals), only(before, refusals));
  await restart(victim);
  await allCurrent();
});

test("the peer of a server that was stopped is offline until it is back", async () => {
  const leaver = running[2] ?? assert.fail();
  const peer = `{peer="${leaver.name}"}`;
  leaver.kill("SIGTERM");
  await leaver.ended;
  const series = await exporter.shows(
    "a peer that is offline",
    (it) => it[`nats_system_meta_peer_offline${peer}`] === 1,
  );
  assert.equal(series.nats_system_meta_peers, 3);
  await exporter.shows("it is not current", (it) => it[`nats_system_meta_peer_current${peer}`] === 0);
  await restart(leaver);
  await allCurrent();
});

test("when all servers are gone nothing old is served; when they are back it is connected, and counters were kept", async () => {
  const before = await exporter.series();
  const victims = [...running];
  for (const server of victims) server.kill("SIGKILL");
  await Promise.all(victims.map(({ ended }) => ended));
  const failures = (of: Series) => of.nats_system_poll_failures_total ?? 0;
  const alone = await exporter.shows(
    "nothing but counters",
    (it) => it.nats_system_connected === 0 && it.nats_system_servers === undefined && failures(it) > failures(before),
  );
  const gauges = Object.keys(alone).filter((name) => !/_total(?:$|\{)/.test(name));
  assert.deepEqual(gauges, ["nats_system_connected"]);
  assert.deepEqual([await exporter.status("/readyz"), await exporter.status("/healthz")], [503, 200]);
  await Promise.all(victims.map(restart));
  const back = await exporter.shows("all are back", (it) => it.nats_system_servers === 3);
  assert.equal(back.nats_system_connected, 1);
  for (const metric of [refusals, ends]) assert.deepEqual(only(back, metric), only(before, metric));
  // It hears again what happens.
  const count = `${refusals}{server="nats-0",client_type="nats"}`;
  await assert.rejects(connectWith(formatCreds(jwtOf(creds("SERVICES", "orders")), newSeed()), [urlOf(0)]));
  await exporter.shows("a refusal", (it) => it[count] === (before[count] ?? 0) + 1);
});

test("no credentials are in what it says and serves", async () => {
  const shown = exporter.said() + JSON.stringify(await exporter.series());
  assert.doesNotMatch(shown, /S[OAUNCX][A-Z2-7]{30}|eyJ[\w.-]{10}|U[A-Z2-7]{55}/);
});

/** The dev stack with users for the exporter and for an MQTT client. */
function platformWithExporter(): object {
  const platform = structuredClone(platformOf("dev")) as unknown as {
    accounts: Record<"SYS" | "IOT", { roles: Record<string, object>; users: Record<string, object> }>;
  };
  const { SYS, IOT } = platform.accounts;
  const deaf = { ...role, subscribe: role.subscribe.filter((subject) => !subject.endsWith(".DISCONNECT")) };
  SYS.roles = { ...SYS.roles, exporter: role, deaf };
  for (const name of ["exporter", "deaf"]) {
    SYS.users[name] = { role: name, deliver: [{ region: "local", namespace: "monitoring", secret: `nats-${name}` }] };
  }
  const mqtt = { publish: ["sensors.{{name()}}.>"], subscribe: ["$MQTT.sub.>"], bearer: true };
  IOT.roles = { ...IOT.roles, phone: mqtt };
  IOT.users.phone = { role: "phone", deliver: [{ region: "local", namespace: "iot", secret: "phone" }] };
  return platform;
}

/** Listeners that the dev stack does not have: MQTT, and WebSocket with TLS. Each server takes a free port. */
async function addListeners(): Promise<void> {
  const { certificate, key } = await authority.issue("websocket", "nats", "nats", ["127.0.0.1"]);
  const listeners = `
mqtt { host: "127.0.0.1", port: -1 }
websocket { host: "127.0.0.1", port: -1, tls { cert_file: "${certificate}", key_file: "${key}" } }
`;
  const { file } = configSecret();
  const manifest = parse(readFileSync(file, "utf8")) as { stringData: Record<string, string> };
  manifest.stringData["nats.conf"] = `${manifest.stringData["nats.conf"] ?? ""}${listeners}`;
  writeFileSync(file, stringify(manifest));
}

function configSecret() {
  const all = secretsOf(readRendered(stack.rendered));
  return all.find(({ metadata }) => metadata.name === "nats-config") ?? assert.fail("there is no nats-config");
}

function natsConf(): string[] {
  return Object.values(configSecret().stringData);
}

function secretless(field: string): string {
  const maps = readRendered(stack.rendered) as unknown as { data?: Record<string, string> }[];
  return maps.flatMap(({ data }) => data?.[field] ?? [])[0] ?? assert.fail(`there is no ${field}`);
}

function accountsIn(preload: string): Record<string, string> {
  return Object.fromEntries(
    [...preload.matchAll(/(A[A-Z2-7]{55}): "(eyJ[\w.-]+)"/g)].map(([, key = "", jwt = ""]) => [key, jwt]),
  );
}

function creds(account: string, user: string): string {
  const all = credentialsIn(readRendered(stack.rendered));
  return all.find((it) => it.account === account && it.user === user)?.creds ?? assert.fail(`no ${account}/${user}`);
}

function jwtOf(text: string): string {
  return /eyJ[\w.-]+/.exec(text)?.[0] ?? assert.fail("no JWT");
}

function credsFile(user: string): string {
  const file = join(stack.folder, `${user}.creds`);
  writeFileSync(file, creds("SYS", user), { mode: 0o600 });
  return file;
}

function connection(user: string): string[] {
  return [...region.urls.flatMap((url) => ["--server", url]), "--creds", credsFile(user)];
}

function urlOf(ordinal: number): string {
  return region.urls[ordinal] ?? assert.fail();
}

function mqttUrl(ordinal: number): string {
  const { logFile } = running[ordinal] ?? assert.fail();
  const [last] = [...readFileSync(logFile, "utf8").matchAll(/Listening for MQTT clients on (mqtt:\S+)/g)].reverse();
  return last?.[1] ?? assert.fail("no MQTT");
}

function phone(clientId: string) {
  return { clientId, username: "phone", password: jwtOf(creds("IOT", "phone")) };
}

function newSeed(): Seed {
  return encodeSeed("user", randomBytes(32));
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** Credentials of a worker of SERVICES, signed with the key of the fixed stack. */
function signedUser({ seed, exp }: { seed: Seed; exp?: number }): string {
  const account = publicKeyOf(fixedMaterial("account", "account.SERVICES") as Seed);
  const claims = scopedUserClaims({
    ...{ sub: publicKeyOf(seed), name: "guest", nats: { issuer_account: account } },
    ...(exp === undefined ? {} : { exp }),
  });
  const signer = signerOf(fixedMaterial("account", "account.SERVICES.role.worker") as Seed);
  return formatCreds(signJwt(claims, signer, now() - 120), seed);
}

/** Pushes the account SERVICES with a revocation of one user. */
async function revoke(admin: NatsConnection, user: Seed): Promise<void> {
  const account = publicKeyOf(fixedMaterial("account", "account.SERVICES") as Seed);
  const { claims } = decodeJwt(accountsIn(secretless("accounts.conf"))[account] ?? assert.fail());
  const {
    iat,
    iss: _,
    jti: __,
    ...rest
  } = claims as unknown as { iat: number; iss: string; jti: string; nats: object };
  const changed = { ...rest, nats: { ...rest.nats, revocations: { [publicKeyOf(user)]: now() } } } as unknown as Claims;
  const jwt = signJwt(changed, signerOf(fixedMaterial("operator", "operator.signing-1") as Seed), iat + 1);
  const answer = await admin.request("$SYS.REQ.CLAIMS.UPDATE", jwt, { timeout: 10_000 });
  assert.match(answer.string(), /"code":200/);
}

/** When a certificate ends, in seconds since 1970. */
function endOf(file: string): number {
  return Date.parse(new X509Certificate(readFileSync(file)).validTo) / 1000;
}

/** What is served after another poll: the number of polls is not served, so that a new MQTT connection shows it. */
async function nextPoll(): Promise<Series> {
  const count = 'nats_system_mqtt_client_connections{client_id="bridge"}';
  const bridge = await connectMqtt(mqttUrl(0), phone("bridge"));
  await exporter.shows("a poll", (series) => series[count] === 1);
  bridge.close();
  return exporter.shows("another poll", (series) => series[count] === 0);
}

/** Waits until the meta leader sees two peers that have kept up and are online. */
function allCurrent(): Promise<Series> {
  return exporter.shows("three servers, all current", (series) => {
    const values = (name: string) => Object.values(only(series, `nats_system_meta_peer_${name}`)).join();
    return series.nats_system_servers === 3 && values("current") === "1,1" && values("offline") === "0,0";
  });
}

async function restart(server: RunningServer): Promise<void> {
  const again = await startServer(natsServer(), server);
  running[running.indexOf(server)] = again;
  await eventually("a server is back", async () => (await statusOf(again, region.pods.probes.readiness)) === 200);
}
