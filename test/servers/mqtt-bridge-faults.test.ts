import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startServer } from "../../cli/local/server.ts";
import { accountClaims, type AccountClaims } from "../../nats/claims/account.ts";
import { signJwt, verifyJwt } from "../../nats/jwt.ts";
import { signerOf, type PublicNkey, type Seed } from "../../nats/nkeys.ts";
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

const topics = { out: ["sensors/#"], in: ["commands/#"] };

before(async () => {
  const everything = { bearer: true, connectionTypes: ["MQTT"], publish: [">"], subscribe: [">"] };
  const cut = { topics: { out: [{ topic: "sensors/+", qos: 1 }], in: [] } };
  bridged = await startBridged(
    { kept: { topics }, revoked: cut, expired: cut, wrong: cut, far: { role: "all", topics: { in: ["nothing"] } } },
    { roles: { all: everything } },
  );
  far = {
    port: bridged.natsPort,
    login: ["far", passwordIn(bridged.confOf("far"))],
    authority: bridged.authority.certificate,
  };
});
after(() => bridged.end());

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
  await mosquitto.says(/has been lost|Socket error|disconnected|Connecting bridge/, 3);
  for (const number of numbers.slice(0, 10)) await publish(localOf(mosquitto), "sensors/away", `out ${String(number)}`);
  for (const number of numbers.slice(0, 10)) await publish(publisher(), "commands/away", `in ${String(number)}`);
  const [server] = bridged.region.servers;
  assert.ok(server);
  server.kill("SIGTERM");
  await server.ended;
  for (const number of numbers.slice(10)) await publish(localOf(mosquitto), "sensors/away", `out ${String(number)}`);
  const restarted = await startServer(natsServer(), server);
  t.after(async () => {
    restarted.kill("SIGTERM");
    await restarted.ended;
  });
  await witness.says(/Received CONNACK on connection/, 2);
  for (const number of numbers.slice(10)) await publish(publisher(), "commands/away", `in ${String(number)}`);
  way.mend();

  for (const number of numbers) await outside.hears("sensors/away", `out ${String(number)}`);
  for (const number of numbers) await inside.hears("commands/away", `in ${String(number)}`);
  await Promise.all([inside.stop(), outside.stop(), witness.stop(), mosquitto.stop()]);
});

/** The same user as the witness, with a session of its own. */
function publisher(): ClientOptions {
  return { ...far, id: "publisher" };
}
