import { z } from "zod";
import { duration, flag, listOf, mapOf, strict, text, whole, words } from "./fields.ts";
import { brokerSchema, inObject, oneSource } from "./mqtt-broker-schema.ts";
import { bridgeName, clientIdentifier, hostName } from "./mqtt-names.ts";
import { dnsLabel, entityName, serverPath } from "./names.ts";

const prefix = (side: string) =>
  z
    .string({ error: "a prefix is text, such as mqtt/" })
    .default("")
    .describe(`What stands before it ${side}, such as mqtt/.`);

const topicSchema = z
  .union(
    [
      words("a topic"),
      strict({
        topic: words("a topic").describe("Topic filter: + stands for one level, # for the rest."),
        qos: z
          .literal([0, 1, 2], { error: "a quality of service is 0, 1 or 2" })
          .default(1)
          .describe("0: at most once. 1: at least once. 2: exactly once."),
        local: prefix("on the broker's side"),
        remote: prefix("on the side of NATS"),
      }),
    ],
    { error: "a topic is needed here, such as sensors/#, or a map with topic, qos, local and remote" },
  )
  .transform((input) => (typeof input === "string" ? { topic: input, qos: 1 as const, local: "", remote: "" } : input));

const topics = (what: string) => listOf(topicSchema.describe("One topic filter."), "topics").default([]).describe(what);

/** One bridge: the fields that may stand in `defaults` are optional there. */
const fields = {
  namespace: text(dnsLabel)
    .default("mosquitto")
    .describe("Namespace of the broker. The account's allow list must allow it."),
  createNamespace: flag()
    .default(true)
    .describe(
      "Make the namespace, unless it is the servers' or another bridge makes it, or with deploy: false. false: it exists.",
    ),
  role: text(entityName)
    .exactOptional()
    .describe("Role of the account: the bridge is a user of its own with it, <region>-<bridge>. Or user."),
  user: text(entityName).exactOptional().describe("User of the account that the bridge signs in as. Or role."),
  rotation: whole(0).exactOptional().describe("With role: raise it by one to give the bridge a new key. Absent: 0."),
  clientId: text(clientIdentifier)
    .exactOptional()
    .describe("By which the servers know the bridge's session. Absent: <region>-<bridge>."),
  ca: strict({
    ...inObject("ca.crt"),
    file: text(serverPath).exactOptional().describe("With deploy: false: where the broker finds it."),
  })
    .superRefine(oneSource(["configMap", "secret", "file"]))
    .exactOptional()
    .describe("Authorities that the servers' certificate may come from. Needed with TLS."),
  address: strict({
    host: text(hostName).describe("Host, as in the servers' certificate, with no dot at its end."),
    port: whole(1).max(65_535, { error: "a port is a number from 1 to 65535" }).default(1883).describe("Port."),
    tls: flag().default(true).describe("TLS."),
  })
    .exactOptional()
    .describe("NATS somewhere else. Absent: the MQTT listener of the region's servers."),
  restartTimeout: duration(1, 3600)
    .exactOptional()
    .describe("How long after a failure the bridge connects again. Absent: 5s to 30s, by chance."),
  deploy: flag()
    .default(true)
    .describe(
      "Run the broker. false: it exists, and gets only a Secret, with bridge.conf, username and bridge_password.",
    ),
  broker: brokerSchema.exactOptional().describe("The broker, with deploy: true."),
};

const account = text(entityName).describe("Account that the bridge belongs to.");

const topicsSchema = strict({
  out: topics("Topics that go from the broker to NATS."),
  in: topics("Topics that come from NATS to the broker."),
}).describe("What is bridged.");

const bridgeSchema = strict({ ...fields, account, topics: topicsSchema }).transform(
  ({ deploy, broker, restartTimeout, ...bridge }, issues) => {
    if (!deploy && broker !== undefined) {
      issues.addIssue({
        code: "custom",
        path: ["broker"],
        message: "with deploy: false the broker is somebody else's",
      });
      return z.NEVER;
    }
    return {
      ...bridge,
      // It is where the broker is, which is somebody else's.
      createNamespace: deploy && bridge.createNamespace,
      ...(restartTimeout === undefined ? {} : { restartTimeoutSeconds: restartTimeout }),
      // Absent: it exists already.
      ...(deploy ? { broker: broker ?? brokerSchema.parse({}) } : {}),
    };
  },
);

const bridgeInputSchema = strict({ ...fields, account: account.exactOptional(), topics: topicsSchema.exactOptional() });

const what = "Mosquitto brokers that are bridged to NATS, by name.";

/** A region's bridges by name. */
export const mqttBridges = mapOf(bridgeName, bridgeSchema.describe("One bridge."), "bridges")
  .default({})
  .describe(what);

/** The same as they are written: a part of each may stand in `defaults`. */
export const mqttBridgeInputs = mapOf(bridgeName, bridgeInputSchema.describe("One bridge."), "bridges")
  .default({})
  .describe(what);
