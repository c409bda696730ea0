import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "../../cli/local/health.ts";
import { subjectOf } from "../../nats/mqtt-topics.ts";
import { passwordIn, startBridged, type BridgedRegion } from "./support/bridge.ts";
import { connectAs } from "./support/clients.ts";
import { publish, subscribe, type ClientOptions, type Heard, type Mosquitto } from "./support/mosquitto.ts";

const topics = {
  out: [
    { topic: "sensors/#", local: "mqtt/" },
    { topic: "zero/+", qos: 0 },
    { topic: "two/+", qos: 2 },
    { topic: "+/status", local: "home/", remote: "up/" },
    "homeassistant/#",
  ],
  in: [
    { topic: "commands/#", local: "mqtt/" },
    { topic: "in0/+", qos: 0 },
    { topic: "in2/+", qos: 2 },
    { topic: "+/set", local: "to/", remote: "down/" },
  ],
};

let bridged: BridgedRegion;
let mosquitto: Mosquitto;
/** A client of the broker, and one of NATS' own MQTT listener that may do everything in the account. */
let local: ClientOptions;
let far: ClientOptions;

before(async () => {
  const everything = { bearer: true, connectionTypes: ["MQTT"], publish: [">"], subscribe: [">"] };
  const witness = { role: "all", deliver: [{ region: "local", namespace: "iot", secret: "witness" }] };
  bridged = await startBridged(
    { home: { topics }, far: { role: "all", topics: { in: ["nothing"] } }, late: { topics: { in: ["commands/#"] } } },
    {
      roles: { all: everything, watcher: { publish: [">"], subscribe: [">"] } },
      users: { witness: { ...witness, role: "watcher" } },
    },
  );
  mosquitto = await bridged.start("home");
  await mosquitto.says(/Received SUBACK from local\.local-home/, topics.in.length);
  local = { port: mosquitto.ports[0] ?? 0 };
  const authority = bridged.authority.certificate;
  far = { port: bridged.natsPort, login: ["far", passwordIn(bridged.confOf("far"))], authority };
});
after(() => bridged.end());

test("the first connection is accepted: the server is not asked for a version that it does not have", () => {
  assert.equal(mosquitto.count(/sending CONNECT/), 1);
  assert.equal(mosquitto.count(/Received CONNACK on connection local\.local-home/), 1);
  assert.doesNotMatch(mosquitto.log(), /unacceptable protocol version|Connection Refused/);
});

for (const [qos, name] of [
  [0, "zero"],
  [1, "homeassistant"],
  [2, "two"],
] as const) {
  test(`a local message with QoS ${String(qos)} is published to NATS, with that QoS`, async () => {
    const subscriber = await subscribe(far, `${name}/#`);
    await publish(local, `${name}/a`, `out ${String(qos)}`, { qos });
    const heard = await subscriber.hears(`${name}/a`, `out ${String(qos)}`);
    await subscriber.stop();
    assert.equal(heard.qos, qos);
  });
}

for (const [qos, topic, there] of [
  [0, "in0/x", "in0/x"],
  [1, "commands/x", "mqtt/commands/x"],
  [2, "in2/x", "in2/x"],
] as const) {
  test(`a message of NATS with QoS ${String(qos)} comes to the broker, with that QoS`, async () => {
    const subscriber = await subscribe(local, there);
    await publish(far, topic, `in ${String(qos)}`, { qos });
    const heard = await subscriber.hears(there, `in ${String(qos)}`);
    await subscriber.stop();
    assert.equal(heard.qos, qos);
  });
}

test("mqtt/sensors/temp at the broker is the subject sensors.temp in NATS, and a subject's message comes back below mqtt/", async (t) => {
  const nats = await connectAs(bridged.region, "IOT", "witness");
  t.after(() => nats.close());
  const messages = nats.subscribe("sensors.temp", { max: 1 });
  await nats.flush();
  await publish(local, "mqtt/sensors/temp", "21");
  for await (const message of messages) assert.equal(message.string(), "21");
  const subscriber = await subscribe(local, "mqtt/#");
  nats.publish("commands.heating", "on");
  await subscriber.hears("mqtt/commands/heating", "on");
  await subscriber.stop();
});

test("what does not begin with mqtt/ stays at the broker, and what nobody bridges stays in NATS", async () => {
  const outside = await subscribe(far, "#");
  const inside = await subscribe(local, "#");
  await publish(local, "sensors/private", "stays");
  await publish(far, "elsewhere", "stays");
  await publish(local, "mqtt/sensors/last", "goes");
  await publish(far, "commands/last", "comes");
  await outside.hears("sensors/last", "goes");
  await inside.hears("mqtt/commands/last", "comes");
  await Promise.all([outside.stop(), inside.stop()]);
  assert.ok(!outside.heard.some(({ topic }) => topic === "sensors/private"));
  assert.ok(!inside.heard.some(({ topic }) => topic === "elsewhere"));
});

test("nothing comes back: each message is heard once on either side", async () => {
  const outside = await subscribe(far, "#");
  const inside = await subscribe(local, "#");
  await publish(local, "mqtt/sensors/once", "out");
  await outside.hears("sensors/once", "out");
  await publish(far, "commands/once", "in");
  await inside.hears("mqtt/commands/once", "in");
  // What would come back has come before what is sent afterwards.
  await publish(local, "mqtt/sensors/after", "out");
  await outside.hears("sensors/after", "out");
  await publish(far, "commands/after", "in");
  await inside.hears("mqtt/commands/after", "in");
  await Promise.all([outside.stop(), inside.stop()]);
  const texts = (heard: readonly Heard[]) => heard.filter(({ retained }) => !retained).map(({ topic }) => topic);
  assert.deepEqual(texts(outside.heard), ["sensors/once", "commands/once", "sensors/after", "commands/after"]);
  assert.deepEqual(texts(inside.heard), [
    ...["mqtt/sensors/once", "mqtt/commands/once"],
    ...["mqtt/sensors/after", "mqtt/commands/after"],
  ]);
});

test("wildcards in the middle, with another prefix on each side, match one level", async () => {
  const outside = await subscribe(far, "up/#");
  const inside = await subscribe(local, "to/#");
  await publish(local, "home/lamp/x/status", "two levels");
  await publish(local, "home/lamp/status", "on");
  await outside.hears("up/lamp/status", "on");
  await publish(far, "down/lamp/x/set", "two levels");
  await publish(far, "down/lamp/set", "off");
  await inside.hears("to/lamp/set", "off");
  await Promise.all([outside.stop(), inside.stop()]);
  assert.equal(outside.heard.length, 1);
  assert.equal(inside.heard.length, 1);
});

test("what is retained at the broker is retained in NATS, until it is gone at the broker", async () => {
  await publish(local, "mqtt/sensors/kept", "out", { isRetained: true });
  assert.equal((await retained(far, "sensors/kept"))?.text, "out");
  await publish(local, "mqtt/sensors/kept", "", { isRetained: true });
  await publish(local, "mqtt/sensors/other", "later", { isRetained: true });
  assert.equal((await retained(far, "sensors/other"))?.text, "later");
  const subscriber = await subscribe(far, "sensors/+");
  await subscriber.hears("sensors/other", "later");
  await subscriber.stop();
  assert.ok(!subscriber.heard.some(({ topic }) => topic === "sensors/kept"));
});

test("what is retained in NATS is retained at the broker from the bridge's next start on; while it is there, it only hears it", async () => {
  const inside = await subscribe(local, "mqtt/commands/kept");
  await publish(far, "commands/kept", "in", { isRetained: true });
  assert.equal((await inside.hears("mqtt/commands/kept", "in")).retained, false);
  await inside.stop();
  const late = await bridged.start("late");
  assert.equal((await retained({ port: late.ports[0] ?? 0 }, "commands/kept"))?.text, "in");
  await publish(far, "commands/kept", "", { isRetained: true });
});

test("discovery topics of Home Assistant pass, retained, with dots and with what JSON has", async () => {
  const config = JSON.stringify({
    name: "Öl 1.5",
    state_topic: "a.b/c",
    unit_of_measurement: "°C",
    value_template: "{{ value_json.x }}",
  });
  const topic = "homeassistant/sensor/zigbee2mqtt_0x00.15/temp-1.5/config";
  await publish(local, topic, config, { isRetained: true });
  assert.equal((await retained(far, topic))?.text, config);
});

for (const [qos, topic] of [
  [0, "zero/large"],
  [1, "homeassistant/large"],
  [2, `two/${"long".repeat(255)}`],
] as const) {
  test(`a message with QoS ${String(qos)} that NATS might not take is dropped at the broker, and what follows goes out`, async () => {
    const largest = Number(/^message_size_limit (\d+)$/m.exec(bridged.confOf("home"))?.[1]);
    const connections = mosquitto.count(/Received CONNACK on connection/);
    const subscriber = await subscribe(far, topic);
    await publish(local, topic, "x".repeat(largest + 1), { qos });
    await publish(local, topic, "x".repeat(largest), { qos });
    await subscriber.hears(topic, "x".repeat(largest));
    await subscriber.stop();
    assert.equal(subscriber.heard.length, 1);
    assert.equal(mosquitto.count(/Received CONNACK on connection/), connections);
  });
}

for (const topic of [
  "homeassistant/a.b/c",
  "homeassistant//x",
  "homeassistant/x/",
  "homeassistant/.",
  "homeassistant/a//b..c/",
]) {
  test(`the topic ${topic} is the subject ${subjectOf(topic)} of the real server, and comes back as the same topic`, async (t) => {
    const nats = await connectAs(bridged.region, "IOT", "witness");
    t.after(() => nats.close());
    const messages = nats.subscribe(subjectOf(topic), { max: 1 });
    await nats.flush();
    const subscriber = await subscribe(far, topic);
    await publish(local, topic, "x");
    await subscriber.hears(topic, "x");
    await subscriber.stop();
    for await (const message of messages) assert.equal(message.subject, subjectOf(topic));
  });
}

/** A message as one gets it who comes when it is retained already. */
async function retained(client: ClientOptions, topic: string): Promise<Heard | undefined> {
  let found: Heard | undefined;
  await until(Date.now() + 60_000, async () => {
    const subscriber = await subscribe(client, topic);
    await until(Date.now() + 3000, () => subscriber.heard.length > 0);
    await subscriber.stop();
    found = subscriber.heard.find((it) => it.retained);
    return found !== undefined;
  });
  return found;
}
