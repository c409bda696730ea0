import assert from "node:assert/strict";
import { test } from "node:test";
import { merge } from "../../../config/merge.ts";
import { manifestsOf, platformOf, runProgram } from "../../support/program.ts";

interface Secret {
  readonly metadata: { readonly name: string };
  readonly stringData?: Readonly<Record<string, string>>;
}

/** The limits of what waits and of a single message in mosquitto.conf of the dev stack's bridge, with this changed. */
async function limitsWith(bridge: object, account: object): Promise<string[]> {
  const change = { accounts: { IOT: account }, regions: { local: { mqttBridges: { mosquitto: bridge } } } };
  const registrations = await runProgram({ stack: "dev", fixed: true, platform: merge(platformOf("dev"), change) });
  const made = manifestsOf(registrations).map(({ manifest }) => manifest as unknown as Secret);
  const secret = made.find(({ metadata, stringData }) => metadata.name === "mosquitto-bridge" && stringData);
  const conf = secret?.stringData?.["mosquitto.conf"] ?? assert.fail("no mosquitto.conf");
  return conf.match(/^(?:max_queued_bytes|message_size_limit) .*$/gm) ?? [];
}

const half = "max_queued_bytes 134217728";
const role = (payload: string) => ({ roles: { "mqtt-bridge": { limits: { payload } } } });

const rows: readonly (readonly [title: string, bridge: object, account: object, ...limits: string[]])[] = [
  ["the account's limit, with room for what the server adds", {}, {}, half, "message_size_limit 65511"],
  ["the servers' own", {}, { limits: { payload: "unlimited" } }, half, "message_size_limit 1048551"],
  [
    "the servers' own, where the account's is larger",
    {},
    { limits: { payload: "8Mi" } },
    half,
    "message_size_limit 1048551",
  ],
  ["the role's, which is smaller", {}, role("1Ki"), half, "message_size_limit 999"],
  ["what the broker is told", { broker: { maxMessageSize: "2Mi" } }, {}, half, "message_size_limit 2097152"],
  [
    "the account's, with room for a subject that goes along with QoS 2",
    { topics: { out: [{ topic: "sensors/#", qos: 2 }] } },
    {},
    ...[half, "message_size_limit 64470"],
  ],
  ["none, where nothing goes out", { topics: { out: [] } }, {}, half],
  [
    "the account's, beside half of another memory limit",
    { broker: { resources: { limits: { memory: "64Mi" } } } },
    {},
    "max_queued_bytes 33554432",
    "message_size_limit 65511",
  ],
];

for (const [title, bridge, account, ...limits] of rows) {
  test(`the largest message that a broker takes is ${title}`, async () => {
    assert.deepEqual(await limitsWith(bridge, account), limits);
  });
}
