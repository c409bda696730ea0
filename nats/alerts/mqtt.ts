import type { Alert } from "./alert.ts";
import { mqttStream, series } from "./series.ts";

/** What is wrong with the sessions that servers keep for MQTT clients. */
export const mqttAlerts: readonly Alert[] = [
  {
    name: "NatsMqttSessionsHigh",
    title: "NATS Keeps Very Many MQTT Sessions",
    severity: "info",
    forSeconds: 600,
    // A session is one message (nats-server 2.15).
    value: (context) =>
      `max by (namespace, account_name) (${series(context, "stream_total_messages", mqttStream("sess"), 'is_stream_leader="true"')})`,
    wrongWhen: "above",
    // With a subscription of QoS 1 each has a consumer, and so many of those are what NatsHaAssetsHigh is about.
    threshold: 1000,
    unit: "sessions that are kept for MQTT clients of the account",
    appliesTo: ({ hasMqtt, exporter }) => hasMqtt && exporter.streams !== "none",
    noValueIs: "fine",
    summary: "Account {{ $labels.account_name }} has very many MQTT sessions",
    description:
      "A session stays until its own client ends it: clients that take a new id each time leave one behind each time.",
  },
  {
    name: "NatsMqttBacklog",
    title: "NATS MQTT Sessions Lag",
    severity: "warning",
    forSeconds: 600,
    value: (context) => {
      const waiting = series(context, "consumer_num_pending", mqttStream("msgs"), 'is_consumer_leader="true"');
      return `sum by (namespace, account_name) (max by (namespace, account_name, consumer_name) (${waiting}))`;
    },
    wrongWhen: "above",
    threshold: 10_000,
    unit: "messages that wait in all MQTT sessions of the account",
    appliesTo: ({ hasMqtt, keepsMqttConsumers, exporter }) =>
      hasMqtt && keepsMqttConsumers && exporter.streams === "consumers",
    noValueIs: "fine",
    summary: "Very many messages wait for MQTT clients of account {{ $labels.account_name }}",
    description:
      "Clients with kept sessions are away, or do not keep up. What waits for one of them stays in the account's storage.",
  },
];
