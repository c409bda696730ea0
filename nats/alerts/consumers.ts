import type { Alert, AlertContext } from "./alert.ts";
import { mqttStreams, series } from "./series.ts";

const hasConsumers = ({ exporter }: AlertContext) => exporter.streams === "consumers";
const consumer = "namespace, account_name, stream_name, consumer_name";
const isLeader = 'is_consumer_leader="true"';

/** What the leader of each consumer tells; on the other replicas these numbers mean nothing. */
function told(context: AlertContext, name: string, ...matchers: readonly string[]): string {
  return `max by (${consumer}) (${series(context, `consumer_${name}`, isLeader, ...matchers)})`;
}

/** What is wrong with consumers of streams. */
export const consumerAlerts: readonly Alert[] = [
  {
    name: "NatsConsumerWithoutLeader",
    title: "NATS Consumer Without Leader",
    severity: "critical",
    forSeconds: 120,
    value: (context) =>
      `count by (${consumer}) (${series(context, "consumer_num_pending", isLeader)}) or 0 * count by (${consumer}) (${series(context, "consumer_num_pending")})`,
    wrongWhen: "below",
    threshold: 1,
    unit: "leaders of the consumer",
    appliesTo: hasConsumers,
    noValueIs: "fine",
    summary: "Consumer {{ $labels.consumer_name }} of stream {{ $labels.stream_name }} has no leader",
    description: "Nobody gets messages from it.",
  },
  {
    name: "NatsConsumerLag",
    title: "NATS Consumer Lags",
    severity: "warning",
    forSeconds: 600,
    value: (context) => told(context, "num_pending"),
    wrongWhen: "above",
    threshold: 10_000,
    unit: "messages that wait for the consumer",
    appliesTo: hasConsumers,
    noValueIs: "fine",
    summary: "Consumer {{ $labels.consumer_name }} of stream {{ $labels.stream_name }} is far behind",
    description: "Its application does not keep up, or does not run.",
  },
  {
    name: "NatsConsumerStuck",
    title: "NATS Consumer Stuck",
    severity: "warning",
    forSeconds: 300,
    // A consumer that has never acknowledged has no time of its last one; one that has never delivered has neither.
    value: (context) => {
      // For an MQTT client that is away messages are meant to wait, however long.
      const matchers = context.keepsMqttConsumers ? [`stream_name!~"${mqttStreams}"`] : [];
      const of = (name: string) => told(context, name, ...matchers);
      return `(${of("last_ack_seconds")} or ${of("last_delivery_seconds")} or ${of("num_pending")} * 0 + 1e9) and ${of("num_pending")} > 0`;
    },
    wrongWhen: "above",
    threshold: 600,
    unit: "seconds since the last acknowledgement (before the first: since the last delivery), with messages waiting",
    appliesTo: hasConsumers,
    noValueIs: "fine",
    summary: "Consumer {{ $labels.consumer_name }} of stream {{ $labels.stream_name }} acknowledges nothing",
    description: "Messages wait, and its application has acknowledged none for a long time.",
  },
  {
    name: "NatsAckPendingFull",
    title: "NATS Consumer Waits For Acknowledgements",
    severity: "warning",
    forSeconds: 300,
    // max_ack_pending is not told; 1000 is its default.
    value: (context) => told(context, "num_ack_pending"),
    wrongWhen: "above",
    threshold: 999,
    unit: "messages that are handed out and not acknowledged",
    appliesTo: hasConsumers,
    noValueIs: "fine",
    summary: "Consumer {{ $labels.consumer_name }} of stream {{ $labels.stream_name }} hands out no more messages",
    description:
      "As many messages as it may are unacknowledged: its application takes messages and does not finish them.",
  },
  {
    name: "NatsRedeliveries",
    title: "NATS Consumer Redelivers",
    severity: "warning",
    forSeconds: 600,
    value: (context) => told(context, "num_redelivered"),
    wrongWhen: "above",
    threshold: 100,
    unit: "messages that are being delivered again",
    appliesTo: hasConsumers,
    noValueIs: "fine",
    summary: "Consumer {{ $labels.consumer_name }} of stream {{ $labels.stream_name }} delivers many messages again",
    description: "Its application fails on them, or takes longer than the consumer waits.",
  },
];
