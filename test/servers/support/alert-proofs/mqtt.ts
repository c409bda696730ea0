import type { AlertProof } from "./proof.ts";
import { consumer, each, mqttConsumer, mqttSessions, stream } from "./series.ts";

const labels = [{ namespace: "nats", account_name: "IOT" }];

/** Proofs of nats/alerts/mqtt.ts. */
export const mqttProofs: readonly AlertProof[] = [
  {
    ...{ alert: "NatsMqttSessionsHigh", labels },
    series: () => [
      mqttSessions(0, { right: 1000, wrong: 1001 }),
      // A replica that has not caught up yet, another account, and a stream that is none of MQTT's.
      ...[mqttSessions(1, 5000), mqttSessions(2, 900), mqttSessions(0, 600, { account_name: "HOMES" })],
      stream(0, "total_messages", 1e6),
    ],
    naive: [
      {
        fault: "each of three replicas has every session",
        expression: 'sum by (account_name) (nats_stream_total_messages{stream_name="$MQTT_sess"}) > 1000',
        ...{ at: "right", fires: true },
        series: each((server) => mqttSessions(server, 400)),
      },
      {
        fault: "in a dashboard `$MQTT_sess` is a variable that nobody has set",
        ...{ expression: 'nats_stream_total_messages{stream_name=""} > 1000', at: "wrong", fires: false },
      },
    ],
  },
  {
    ...{ alert: "NatsMqttBacklog", labels },
    series: () => [
      mqttConsumer(0, "num_pending", { right: 6000, wrong: 6001 }),
      mqttConsumer(1, "num_pending", 4000, { consumer_name: "e5F6g7H8_1", leader: "nats-1" }),
      // Replicas that do not lead, what comes back to new subscribers, and a consumer of an application.
      ...[mqttConsumer(1, "num_pending", 9000), mqttConsumer(0, "num_pending", 9000, { stream_name: "$MQTT_rmsgs" })],
      consumer(0, "num_pending", 9000),
    ],
    naive: [
      {
        fault: "of many sessions each may have little",
        expression: 'max by (account_name) (nats_consumer_num_pending{stream_name="$MQTT_msgs"}) > 10000',
        ...{ at: "wrong", fires: false },
      },
      {
        fault: "a message waits once in the stream for however many sessions",
        expression: 'nats_stream_total_messages{stream_name="$MQTT_msgs"} > 10000',
        ...{ at: "wrong", fires: false },
        series: [
          ...each((number) => mqttConsumer(0, "num_pending", 5000, { consumer_name: `a${String(number)}` })),
          stream(0, "total_messages", 5000, {}, { account_name: "IOT", stream_name: "$MQTT_msgs" }),
        ],
      },
    ],
  },
  {
    ...{ alert: "NatsConsumerStuck", variant: "of MQTT", context: { keepsMqttConsumers: true } },
    ...{ labels: [{ namespace: "nats", account_name: "ORDERS", stream_name: "orders", consumer_name: "billing" }] },
    series: () => [
      ...[mqttConsumer(0, "num_pending", 5), mqttConsumer(0, "last_ack_seconds", 9000)],
      ...[consumer(0, "num_pending", 5), consumer(0, "last_ack_seconds", { right: 600, wrong: 601 })],
    ],
    naive: [
      {
        fault: "for an MQTT client that is away messages are meant to wait",
        expression: "nats_consumer_last_ack_seconds > 600 and nats_consumer_num_pending > 0",
        ...{ at: "right", fires: true },
      },
    ],
  },
];
