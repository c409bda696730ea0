/**
 * What a bridge costs: messages with QoS 1 per second, and the time of a single one, from a client of Mosquitto through the bridge to a
 * subscriber of NATS over TLS; beside it the same Mosquitto bridged to another Mosquitto without TLS: `npm run bench mqtt-bridge`.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { startBridged } from "../test/servers/support/bridge.ts";
import { connectAs } from "../test/servers/support/clients.ts";
import { publish, startMosquitto, subscribe } from "../test/servers/support/mosquitto.ts";

const MESSAGES = 5000;
const SINGLE = 30;

const watcher = { publish: [">"], subscribe: [">"] };
const witness = { role: "watcher", deliver: [{ region: "local", namespace: "iot", secret: "witness" }] };
const broker = { anonymous: true, logTypes: ["error"] };
const bridged = await startBridged(
  { home: { topics: { out: ["sensors/#"] }, broker } },
  { roles: { watcher }, users: { witness } },
);
try {
  const quiet = (conf: string) => conf.replace("log_dest stderr", "log_dest stderr\nmax_queued_messages 0");
  const toNats = await bridged.start("home", { change: quiet });
  await toNats.says(/Received CONNACK/);
  const nats = await connectAs(bridged.region, "IOT", "witness");
  let count = 0;
  nats.subscribe("sensors.>", { callback: () => void (count += 1) });
  await nats.flush();
  const throughNats = await measured(toNats.ports[0] ?? 0, () => count);
  await nats.close();

  const peer = await startMosquitto("listener 1883\nallow_anonymous true\nmax_queued_messages 0\n", {
    folder: `${bridged.folder}/peer`,
    nats: "",
  });
  const plain = (conf: string) => quiet(conf).replace(/^(bridge_cafile|remote_password|remote_username) .*\n/gm, "");
  const toPeer = await bridged.start("home", { change: plain, nats: `127.0.0.1:${String(peer.ports[0])}` });
  await toPeer.says(/Received CONNACK/);
  const subscriber = await subscribe({ port: peer.ports[0] ?? 0 }, "sensors/#");
  const throughPeer = await measured(toPeer.ports[0] ?? 0, () => subscriber.heard.length);
  await Promise.all([subscriber.stop(), peer.stop()]);

  for (const [what, { perSecond, milliseconds }] of [
    ["Mosquitto to NATS, TLS", throughNats],
    ["Mosquitto to Mosquitto", throughPeer],
  ] as const) {
    const ratio = (perSecond / throughPeer.perSecond).toFixed(2);
    console.log(
      `  ${what}  ${perSecond.toFixed(0).padStart(6)} messages/s (${ratio} of the peer)  ${milliseconds.toFixed(1)} ms for one`,
    );
  }
} finally {
  await bridged.end();
}

/** A single message's time has the start of `mosquitto_pub` in it, the same for both. */
async function measured(port: number, arrived: () => number) {
  const single = performance.now();
  for (let sent = 0; sent < SINGLE; sent++) {
    const before = arrived();
    await publish({ port }, "sensors/one", "x");
    while (arrived() === before) await new Promise(setImmediate);
  }
  const milliseconds = (performance.now() - single) / SINGLE;
  const wanted = arrived() + MESSAGES;
  const started = performance.now();
  const args = ["-p", String(port), "-h", "127.0.0.1", "-t", "sensors/many", "-q", "1", "-l"];
  const publisher = spawn("mosquitto_pub", args, { stdio: ["pipe", "ignore", "ignore"] });
  publisher.stdin.end(Array.from({ length: MESSAGES }, (_, number) => `${String(number)}\n`).join(""));
  await once(publisher, "exit");
  while (arrived() < wanted) await new Promise((resolve) => setTimeout(resolve, 1));
  return { milliseconds, perSecond: (MESSAGES * 1000) / (performance.now() - started) };
}
