import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { AuthorizationError } from "@nats-io/transport-node";
import { formatCreds, parseCreds } from "../../nats/creds.ts";
import { encodeSeed } from "../../nats/nkeys.ts";
import { logQueries } from "../support/log-queries.ts";
import { logQueryIn } from "../support/logql.ts";
import { connectAs, connectWith } from "./support/clients.ts";
import { eventually } from "./support/monitoring.ts";
import { connectMqtt, MqttRefusal } from "./support/mqtt.ts";
import { startDev, type TestRegion } from "./support/region.ts";
import { addStream, streamsOf } from "./support/streams.ts";

const queries = logQueries();
let region: TestRegion;

before(async () => {
  region = await startDev();
});
after(() => region.end());

/** What the servers have logged so far and a query takes. */
function linesOf(query: string | undefined): string[] {
  assert.ok(query);
  const { takes } = logQueryIn(query);
  return logged().filter(takes);
}

function logged(): string[] {
  return region.servers.flatMap(({ logFile }) => readFileSync(logFile, "utf8").split("\n"));
}

test("each refused login is one line to the alert and to the panel, an MQTT client's too, which is two lines in the log", async () => {
  const naive = () => logged().filter((line) => line.includes("authentication error"));
  assert.deepEqual(naive(), []);
  const { jwt } = parseCreds(region.credential("SERVICES", "orders").creds);
  for (const { url } of region.servers) {
    const creds = formatCreds(jwt, encodeSeed("user", randomBytes(32)));
    await assert.rejects(connectWith(creds, [url]), AuthorizationError);
  }
  const refusedOfNats = region.servers.length;
  await eventually("clients' lines are there", () => naive().length >= refusedOfNats);
  assert.equal(naive().length, refusedOfNats);

  const mqttUrl = region.servers[0]?.mqttUrl ?? assert.fail("it takes no MQTT clients");
  const wrong = { clientId: "stranger", username: "orders", password: `${jwt.slice(0, -8)}AAAAAAAA` };
  for (const attempt of [1, 2]) {
    await assert.rejects(connectMqtt(mqttUrl, wrong), MqttRefusal);
    const lines = refusedOfNats + 2 * attempt;
    await eventually("an MQTT client's lines are there", () => naive().length >= lines);
    assert.equal(naive().length, lines);
  }
  assert.equal(linesOf(queries.NatsAuthenticationErrors).length, refusedOfNats + 2);
  assert.deepEqual(linesOf(queries["Refused logins"]), linesOf(queries.NatsAuthenticationErrors));
  const errors = new Set(linesOf(queries["Warnings and errors"]));
  assert.ok(linesOf(queries.NatsAuthenticationErrors).every((line) => errors.has(line)));
  assert.ok(linesOf(queries.Log).length >= errors.size);
});

test("a new leader of the meta group and of a stream are lines to the panel on Raft", async () => {
  const connection = await connectAs(region, "SERVICES", "orders");
  await addStream(await streamsOf(connection), { name: "LOGGED", subjects: ["orders.logged"], num_replicas: 3 });
  await connection.close();
  for (const what of ["new metadata leader", "new stream leader"]) {
    await eventually(what, () => linesOf(queries.Raft).some((line) => line.includes(what)));
  }
});
