import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { NatsConnection } from "@nats-io/transport-node";
import { parsePlatform } from "../../config/parse.ts";
import { platformOf } from "../support/program.ts";
import { connectAs, natsCommand } from "./support/clients.ts";
import { expectationOf, patternsToTry, sample, subjectsToTry } from "./support/permissions.ts";
import { startDev, type TestRegion } from "./support/region.ts";
import { eventually } from "./support/monitoring.ts";
import { hears, watchViolations, type Hearing } from "./support/hearing.ts";
import { witness, withWitnesses } from "./support/witness.ts";

const platform = parsePlatform(platformOf("dev"));
const users = Object.entries(platform.accounts).flatMap(([account, { roles, users }]) =>
  Object.entries(users)
    // Bridges sign in as MQTT clients (mqtt-bridge.test.ts), and nobody else gets their credentials.
    .filter(([, { deliver }]) => deliver.length > 0)
    .map(([user, { role = "" }]) => ({ account, user, role: roles[role] ?? assert.fail(role) })),
);

let region: TestRegion;

before(async () => {
  region = await startDev({ platform: withWitnesses(platformOf("dev")) });
});
after(() => region.end());

for (const { account, user, role } of users) {
  const { mayPublish, maySubscribe } = expectationOf(role, user);

  describe(`${account}/${user}`, () => {
    let client: NatsConnection;
    let other: NatsConnection;
    let violations: ReadonlySet<string>;

    before(async () => {
      client = await connectAs(region, account, user);
      other = await connectAs(region, account, witness);
      violations = watchViolations(client);
    });
    after(() => Promise.all([client.close(), other.close()]));

    test("publishes what its role says, and nothing else", async () => {
      const outcomes: Record<string, Hearing> = {};
      const expected: Record<string, Hearing> = {};
      for (const subject of subjectsToTry(platform)) {
        expected[subject] = mayPublish(subject) ? "arrived" : "refused";
        outcomes[subject] = await hears(other, subject, client, subject, () => violations.has(`publish ${subject}`));
      }
      assert.deepEqual(outcomes, expected);
      assert.ok(Object.values(expected).includes("refused"));
      assert.equal(Object.values(expected).includes("arrived"), role.publish.allow.length > 0);
    });

    test("hears what its role says, and nothing else", async () => {
      const outcomes: Record<string, Hearing> = {};
      const expected: Record<string, Hearing> = {};
      for (const pattern of patternsToTry(platform)) {
        expected[pattern] = maySubscribe(pattern) ? "arrived" : "refused";
        outcomes[pattern] = await hears(client, pattern, other, sample(pattern), () =>
          violations.has(`subscription ${pattern}`),
        );
      }
      assert.deepEqual(outcomes, expected);
      assert.ok(Object.values(expected).includes("refused"));
      assert.equal(Object.values(expected).includes("arrived"), role.subscribe.allow.length > 0);
    });

    test("connects with the nats command", async () => {
      const { code, stderr, stdout } = await natsCommand(region, { account, user }, ["rtt"]);
      assert.equal(code, 0, stderr);
      for (const { place } of region.servers) assert.match(stdout, new RegExp(`:${place.ports.client}\\b`));
    });
  });
}

test("a thermometer speaks under no other name, not even its account's other user's", async (t) => {
  const thermometer = await connectAs(region, "IOT", "thermometer");
  const collector = await connectAs(region, "IOT", "collector");
  t.after(() => Promise.all([thermometer.close(), collector.close()]));
  const violations = watchViolations(thermometer);
  const say = (subject: string) =>
    hears(collector, "sensors.>", thermometer, subject, () => violations.has(`publish ${subject}`));
  assert.equal(await say("sensors.thermometer.kitchen"), "arrived");
  assert.equal(await say("sensors.barometer.kitchen"), "refused");
  assert.equal(await say("sensors.collector.kitchen"), "refused");
});

test("a collector answers one time to a request that it received, though it may not publish to inboxes", async (t) => {
  const thermometer = await connectAs(region, "IOT", "thermometer");
  const collector = await connectAs(region, "IOT", "collector");
  t.after(() => Promise.all([thermometer.close(), collector.close()]));
  const violations = watchViolations(collector);
  collector.subscribe("sensors.>", {
    callback: (_, request) => {
      request.respond("once");
      request.respond("twice");
    },
  });
  await collector.flush();
  const answers: string[] = [];
  for await (const answer of await thermometer.requestMany("sensors.thermometer.question", "", {
    strategy: "stall",
    maxWait: 20_000,
  })) {
    answers.push(answer.string());
  }
  assert.deepEqual(answers, ["once"]);
  await eventually(
    "the second answer is refused",
    () => [...violations].filter((it) => it.startsWith("publish _INBOX.")).length === 1,
  );
});

test("an account hears nothing of another one", async (t) => {
  const services = await connectAs(region, "SERVICES", witness);
  const devices = await connectAs(region, "IOT", witness);
  t.after(() => Promise.all([services.close(), devices.close()]));
  const heard: string[] = [];
  services.subscribe(">", { callback: (_, message) => void heard.push(message.string()) });
  await services.flush();
  for (const subject of ["orders.new", "sensors.thermometer.kitchen", "commands.thermometer.restart"])
    devices.publish(subject, "of IOT");
  await devices.flush();
  // On the same server, so after what IOT said.
  services.publish("orders.new", "of SERVICES");
  await services.flush();
  assert.deepEqual(heard, ["of SERVICES"]);
});

test("the nats command publishes what a role says, and tells what it refuses", async (t) => {
  const audit = await connectAs(region, "SERVICES", "audit");
  t.after(() => audit.close());
  const heard: string[] = [];
  audit.subscribe("orders.>", { callback: (_, message) => void heard.push(message.string()) });
  await audit.flush();
  const orders = { account: "SERVICES", user: "orders" };
  const allowed = await natsCommand(region, orders, ["--server", region.urls[0] ?? "", "pub", "orders.hello", "hi"]);
  assert.equal(allowed.code, 0, allowed.stderr);
  await audit.flush();
  assert.deepEqual(heard, ["hi"]);
  const refused = await natsCommand(region, orders, ["pub", "stock.hello", "hi"]);
  assert.match(refused.stderr + refused.stdout, /Permissions Violation for Publish to "stock.hello"/);
});
