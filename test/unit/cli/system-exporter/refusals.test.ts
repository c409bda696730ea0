import assert from "node:assert/strict";
import { test } from "node:test";
import { connectionEvent, type ConnectionEvent } from "../../../../cli/system-exporter/events.ts";
import { startRefusals, type Refusal } from "../../../../cli/system-exporter/refusals.ts";

/** What nats-server 2.15 says of a login that it refused, without what is not read. */
function eventText({ cid = 7, id = "NA", client = {}, reason = "Authentication Failure" } = {}): string {
  const who = { acc: "$G", host: "10.0.0.9", user: "mallory", jwt: "eyJ0eXAi" };
  return JSON.stringify({
    type: "io.nats.server.advisory.v1.client_disconnect",
    server: { name: "nats-0", id, cluster: "east" },
    client: { ...who, id: cid, kind: "Client", client_type: "nats", ...client },
    reason,
  });
}

function eventOf(options: Parameters<typeof eventText>[0] = {}): ConnectionEvent {
  return connectionEvent(eventText(options)) ?? assert.fail("it is no event");
}

function counting() {
  const counted: Refusal[] = [];
  return { counted, refusals: startRefusals((refusal) => counted.push(refusal)) };
}

test("an event is read without names and addresses", () => {
  assert.deepEqual(eventOf(), {
    server: "nats-0",
    cluster: "east",
    connection: "NA 7",
    clientType: "nats",
    reason: "Authentication Failure",
  });
});

for (const [client, type] of [
  [{ client_type: "mqtt" }, "mqtt"],
  [{ client_type: "websocket" }, "websocket"],
  [{ client_type: undefined, kind: "Leafnode" }, "leafnode"],
  [{ client_type: undefined, kind: "Router" }, "router"],
  [{ client_type: "invented\nby somebody" }, "other"],
  [{ client_type: undefined, kind: undefined }, "other"],
] as const) {
  test(`client type ${type} of ${JSON.stringify(client)}: from a closed list`, () => {
    assert.equal(eventOf({ client }).clientType, type);
  });
}

test("what is no event is none", () => {
  for (const text of ["", "{", "[]", "null", '{"server":{"name":"a"}}', eventText({ client: { id: "7" } })])
    assert.equal(connectionEvent(text), undefined, text);
});

test("an event for the account and one for the operator are one refusal, in whichever order, of the client's own type", () => {
  for (const order of ["account first", "operator first"]) {
    const { counted, refusals } = counting();
    const event = eventOf({ client: { client_type: "mqtt" } });
    if (order === "account first") refusals.refusedInAccount(event, 0);
    refusals.refused(event);
    if (order === "operator first") refusals.refusedInAccount(event, 0);
    refusals.settle(60_000);
    assert.deepEqual(counted, [{ server: "nats-0", clientType: "mqtt" }], order);
  }
});

test("what an account alone was told of is counted as a callout's, once, when the operator's event doesn't come", () => {
  const { counted, refusals } = counting();
  refusals.refusedInAccount(eventOf(), 1000);
  refusals.settle(1500);
  assert.deepEqual(counted, []);
  refusals.settle(3000);
  refusals.refused(eventOf());
  refusals.settle(9000);
  assert.deepEqual(counted, [{ server: "nats-0", clientType: "callout" }]);
});

test("the same number on another server, or after a restart, is another connection", () => {
  const { counted, refusals } = counting();
  for (const event of [eventOf(), eventOf({ id: "NB" }), eventOf({ cid: 8 }), eventOf()]) refusals.refused(event);
  assert.equal(counted.length, 3);
});

test("a flood is counted to the last one, and what is remembered of it is bounded", () => {
  const { counted, refusals } = counting();
  for (let cid = 0; cid < 25_000; cid++) {
    refusals.refusedInAccount(eventOf({ cid }), 0);
    refusals.refused(eventOf({ cid }));
  }
  assert.equal(counted.length, 25_000);
  for (let cid = 30_000; cid < 45_000; cid++) refusals.refusedInAccount(eventOf({ cid }), 0);
  assert.notEqual(counted.length, 25_000, "those that wait are bounded as well");
  refusals.settle(60_000);
  assert.equal(counted.length, 40_000);
});
