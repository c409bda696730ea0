import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { after, before, test } from "node:test";
import { readRendered } from "../../cli/local/manifests.ts";
import { startServer, type RunningServer } from "../../cli/local/server.ts";
import { accountClaims, type AccountClaims } from "../../nats/claims/account.ts";
import { signJwt, verifyJwt } from "../../nats/jwt.ts";
import { publicKeyOf, signerOf, type PublicNkey, type Seed } from "../../nats/nkeys.ts";
import { issueUser, userIssuer } from "../../nats/users.ts";
import { makeAuthority } from "../../tools/cluster/certificates.ts";
import { fixedMaterial, fixedTime } from "../support/fixed-keys.ts";
import { passwordIn, startBridged, type BridgedRegion } from "./support/bridge.ts";
import { connectAs } from "./support/clients.ts";
import { publish, subscribe, type ClientOptions, type Mosquitto } from "./support/mosquitto.ts";
import { natsServer } from "./support/region.ts";
import { startSwitch, type Switch } from "./support/switch.ts";

let bridged: BridgedRegion;
let far: ClientOptions;
/** The server, once a test has started it again. */
let restarted: RunningServer | undefined;

const topics = { out: ["sensors/#"], in: ["commands/#"] };

before(async () => {
  const everything = { bearer: true, connectionTypes: ["MQTT"], publish: [">"], subscribe: [">"] };
  const cut = { topics: { out: [{ topic: "sensors/+", qos: 1 }], in: [] } };
  bridged = await startBridged(
    { kept: { topics }, revoked: cut, expired: cut, wrong: cut, far: { role: "all", topics: { in: ["nothing"] } } },
    {
      roles: { all: everything },
      accounts: { BARE: { roles: { bridge: { bearer: true, publish: [">"], subscribe: [">"] } } } },
    },
  );
  far = {
    port: bridged.natsPort,
    login: ["far", passwordIn(bridged.confOf("far"))],
    authority: bridged.authority.certificate,
  };
});
after(async () => {
  restarted?.kill("SIGTERM");
  await restarted?.ended;
  await bridged.end();
});

const up = (mosquitto: Mosquitto, times = 1) => mosquitto.says(/Received CONNACK on connection/, times);
const localOf = ({ ports }: Mosquitto): ClientOptions => ({ port: ports[0] ?? 0 });

test("no message with QoS 1 of either side is lost while the server restarts and the bridge is away", async (t) => {
  const way: Switch = await startSwitch(bridged.natsPort);
  t.after(() => way.close());
  const mosquitto = await bridged.start("kept", { nats: `localhost:${String(way.port)}` });
  await mosquitto.says(/Received SUBACK from local\.local-kept/);
  const inside = await subscribe(localOf(mosquitto), "commands/#");
  // NATS keeps for a session what came while it was away; the witness on its side is one that stays the same as well.
  const witness = await bridged.start("far", { change: (conf) => conf.replace("topic nothing", "topic sensors/#") });
  await witness.says(/Received SUBACK from local\.local-far/);
  const outside = await subscribe(localOf(witness), "sensors/#");

  const numbers = Array.from({ length: 20 }, (_, number) => number);
  way.cut();
  await mosquitto.says(/Connecting bridge \(step 1\)/, 2);
  for (const number of numbers.slice(0, 10)) await publish(localOf(mosquitto), "sensors/away", `out ${String(number)}`);
  for (const number of numbers.slice(0, 10)) await publish(publisher(), "commands/away", `in ${String(number)}`);
  const [server] = bridged.region.servers;
  assert.ok(server);
  server.kill("SIGTERM");
  await server.ended;
  for (const number of numbers.slice(10)) await publish(localOf(mosquitto), "sensors/away", `out ${String(number)}`);
  restarted = await startServer(natsServer(), server);
  await witness.says(/Received CONNACK on connection/, 2);
  for (const number of numbers.slice(10)) await publish(publisher(), "commands/away", `in ${String(number)}`);
  way.mend();

  for (const number of numbers) await outside.hears("sensors/away", `out ${String(number)}`);
  for (const number of numbers) await inside.hears("commands/away", `in ${String(number)}`);
  await Promise.all([inside.stop(), outside.stop(), witness.stop(), mosquitto.stop()]);
});

test("a user that is revoked is cut off at once and stays out, and the broker's log says that it is not authorised", async () => {
  const mosquitto = await bridged.start("revoked");
  await up(mosquitto);
  const user = String(verifyJwt(passwordIn(bridged.confOf("revoked"))).claims.sub) as PublicNkey;
  await revoke(user);
  await mosquitto.says(/Connection Refused: not authorised/, 2);
  const accepted = mosquitto.count(/Received CONNACK on connection/) - mosquitto.count(/Connection Refused/);
  assert.equal(accepted, 1, mosquitto.log());
  await publish(localOf(mosquitto), "sensors/x", "the broker's own clients stay");
  await mosquitto.stop();
});

test("a JWT that expires cuts its bridge off, and it stays out", async () => {
  const expiresAt = Math.floor(Date.now() / 1000) + 10;
  const password = issued("local-expired", { issuedAt: expiresAt - 20, expiresAt });
  const change = (conf: string) => conf.replace(/^remote_password .*$/m, `remote_password ${password}`);
  const mosquitto = await bridged.start("expired", { change });
  await up(mosquitto);
  assert.equal(mosquitto.count(/Connection Refused/), 0);
  await mosquitto.says(/Connection Refused: not authorised/, 2);
  assert.ok(Date.now() / 1000 >= expiresAt);
  await mosquitto.stop();
});

test("a server whose certificate is of another authority is not spoken to", async () => {
  const folder = join(bridged.folder, "other");
  mkdirSync(folder);
  const other = await makeAuthority(folder);
  const mosquitto = await bridged.start("wrong", { ca: readFileSync(other.certificate, "utf8") });
  await mosquitto.says(/certificate verify failed/, 2);
  assert.equal(mosquitto.count(/Received CONNACK/), 0);
  await mosquitto.stop();
});

test("a server with another name in its certificate is not spoken to", async (t) => {
  const way = await startSwitch(bridged.natsPort, "127.0.0.2");
  t.after(() => way.close());
  const mosquitto = await bridged.start("wrong", { nats: `127.0.0.2:${String(way.port)}` });
  await mosquitto.says(/host name verification failed|certificate verify failed/);
  assert.equal(mosquitto.count(/Received CONNACK/), 0);
  await mosquitto.stop();
});

test("a host with a dot at its end is why the configuration refuses one: tlsv1 alert decode error", async () => {
  const ca = readFileSync(bridged.authority.certificate, "utf8");
  const dial = (servername: string) =>
    new Promise<string>((resolve) => {
      const socket = connect({ host: "127.0.0.1", port: bridged.natsPort, servername, ca }, () => {
        socket.destroy();
        resolve("connected");
      });
      socket.on("error", (error: Error) => {
        resolve(error.message);
      });
    });
  assert.equal(await dial("localhost"), "connected");
  assert.match(await dial("localhost."), /tlsv1 alert decode error|decode error/);
});

test("Mosquitto's own default, try_private, is refused first: unacceptable protocol version", async () => {
  const change = (conf: string) => conf.replace("try_private false\n", "");
  const mosquitto = await bridged.start("wrong", { change });
  await mosquitto.says(/Connection Refused: unacceptable protocol version/);
  // It tries without from then on, so that this looks as if it healed itself.
  await mosquitto.says(/Received SUBACK|Received UNSUBACK/);
  await mosquitto.stop();
});

test("an account without JetStream is refused by the server, which says what is missing", async () => {
  const mosquitto = await bridged.start("wrong", { change: (conf) => asUserOf(conf, "BARE") });
  await mosquitto.says(/Connecting bridge \(step 1\)/, 2);
  assert.equal(mosquitto.count(/Received UNSUBACK/), 0);
  await mosquitto.stop();
  const [server] = bridged.region.servers;
  assert.match(readFileSync(server?.logFile ?? "", "utf8"), /JetStream not enabled for account|jetstream not enabled/i);
});

/** The conf with the password of a bearer of another account, which has no JetStream. */
function asUserOf(conf: string, account: string): string {
  const password = issued("bare", {}, account);
  return conf.replace(/^remote_password .*$/m, `remote_password ${password}`);
}

/** A bearer's JWT, as an account's role makes it. */
function issued(name: string, more: { issuedAt?: number; expiresAt?: number }, account = "IOT"): string {
  const key = publicKeyOf(fixedMaterial("account", `account.${account}`) as Seed);
  const root = Buffer.from(fixedMaterial("userRoot", `account.${account}.users`), "base64url");
  const signer = signerOf(fixedMaterial("account", `account.${account}.role.bridge`) as Seed);
  return issueUser(userIssuer(key, root), { name, rotation: 0, signer, issuedAt: fixedTime, ...more }).jwt;
}

/** Pushes the account with this user revoked. */
async function revoke(user: PublicNkey): Promise<void> {
  const accounts = readRendered(bridged.region.rendered).find(({ metadata }) => metadata.name === "nats-accounts");
  const jwts =
    (accounts as unknown as { data: Record<string, string> }).data["accounts.conf"]?.match(/eyJ[\w.-]+/g) ?? [];
  const claims = jwts
    .map((jwt) => verifyJwt(jwt).claims)
    .find(({ name }) => name === "IOT") as unknown as AccountClaims;
  const { sub, nats } = claims;
  const revoked = accountClaims({ sub, name: "IOT", nats: { ...nats, revocations: { [user]: fixedTime } } });
  const signer = signerOf(fixedMaterial("operator", "operator.signing-1") as Seed);
  const admin = await connectAs(bridged.region, "SYS", "admin");
  const answer = await admin.request("$SYS.REQ.CLAIMS.UPDATE", signJwt(revoked, signer, fixedTime + 1), {
    timeout: 10_000,
  });
  assert.match(answer.string(), /"code":200/);
  await admin.close();
}

/** The same user as the witness, with a session of its own. */
function publisher(): ClientOptions {
  return { ...far, id: "publisher" };
}
