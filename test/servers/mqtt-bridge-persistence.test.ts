import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { passwordIn, startBridged, type BridgedRegion } from "./support/bridge.ts";
import { publish, subscribe, type ClientOptions, type Mosquitto } from "./support/mosquitto.ts";
import { startSwitch } from "./support/switch.ts";

let bridged: BridgedRegion;

before(async () => {
  const broker = { anonymous: true, persistence: { size: "16Mi" } };
  const everything = { bearer: true, connectionTypes: ["MQTT"], publish: [">"], subscribe: [">"] };
  bridged = await startBridged(
    {
      kept: { role: "all", topics: { out: ["sensors/#"] }, broker },
      far: { role: "all", topics: { in: ["nothing"] } },
    },
    { roles: { all: everything } },
  );
});
after(() => bridged.end());

const localOf = ({ ports }: Mosquitto): ClientOptions => ({ port: ports[0] ?? 0 });

test("with persistence a broker that restarts while NATS is away keeps what waits for NATS, and what is retained", async (t) => {
  const way = await startSwitch(bridged.natsPort);
  t.after(() => way.close());
  const login = ["far", passwordIn(bridged.confOf("far"))] as const;
  const authority = bridged.authority.certificate;
  const outside = await subscribe({ port: bridged.natsPort, login, authority, id: "witness" }, "sensors/#");
  const options = { nats: `localhost:${String(way.port)}`, folder: mkdtempSync(join(bridged.folder, "kept-")) };
  const first = await bridged.start("kept", options);
  await first.says(/Received CONNACK on connection/);
  way.cut();
  await first.says(/Connecting bridge \(step 1\)/, 2);
  const numbers = Array.from({ length: 10 }, (_, number) => `number ${String(number)}`);
  for (const text of numbers) await publish(localOf(first), "sensors/away", text);
  await publish(localOf(first), "home/state", "armed", { isRetained: true });
  await first.stop();

  const second = await bridged.start("kept", options);
  const inside = await subscribe(localOf(second), "home/#");
  await inside.hears("home/state", "armed");
  way.mend();
  for (const text of numbers) await outside.hears("sensors/away", text);
  await Promise.all([inside.stop(), outside.stop(), second.stop()]);
});

test("topics of both ways that are one at the broker are why the configuration refuses them: what NATS retains goes back to it", async () => {
  const login = ["far", passwordIn(bridged.confOf("far"))] as const;
  const far = { port: bridged.natsPort, login, authority: bridged.authority.certificate };
  const change = (conf: string) =>
    conf.replace(/^topic .*$/m, 'topic lamps/# out 1 "" up/\ntopic lamps/# in 1 "" down/');
  const options = { change, folder: mkdtempSync(join(bridged.folder, "both-")) };
  await publish({ ...far, id: "publisher" }, "down/lamps/1", "on", { isRetained: true });
  const outside = await subscribe({ ...far, id: "witness" }, "up/#");
  const first = await bridged.start("kept", options);
  const inside = await subscribe(localOf(first), "lamps/1");
  await inside.hears("lamps/1", "on");
  await Promise.all([inside.stop(), first.stop()]);
  // While it passes, Mosquitto knows whom it is from.
  assert.deepEqual(outside.heard, []);
  const second = await bridged.start("kept", options);
  await outside.hears("up/lamps/1", "on");
  await Promise.all([outside.stop(), second.stop()]);
});
