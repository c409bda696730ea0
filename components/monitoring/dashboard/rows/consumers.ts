import { DurationSeconds, MessagesPerSecond, Short } from "@grafana/grafana-foundation-sdk/units";
import { graph, type Graph, type Row } from "../panel.ts";
import { highestConsumers, mostLines, ofConsumers, rate } from "../told.ts";

const highest = `The ${String(mostLines)} consumers with the highest values.`;
const whenEmpty = "no consumers";

/** Who reads streams, and how far behind. */
export const consumers: Row = {
  title: "Consumer lag and pending",
  appliesTo: (settings) => settings.streams === "consumers",
  panels: (settings) => {
    const highestOf = (title: string, unit: string, expression: string, description: string): Graph =>
      graph({
        title,
        unit,
        description: `${description} ${highest}`,
        queries: [highestConsumers(expression)],
        whenEmpty,
      });
    const told = (name: string) => ofConsumers(settings, name);
    return [
      highestOf("Lag", Short, told("num_pending"), "Messages that wait for the consumer."),
      highestOf(
        "Waiting for acknowledgement",
        Short,
        told("num_ack_pending"),
        "Messages that were delivered and not yet acknowledged. At the consumer's limit (1,000 unless set) it gets no more.",
      ),
      highestOf("In redelivery", Short, told("num_redelivered"), "Messages that were delivered more than once."),
      highestOf(
        "Delivered",
        MessagesPerSecond,
        rate(told("delivered_consumer_seq")),
        "Messages that were sent to the consumer's clients, redeliveries among them.",
      ),
      highestOf(
        "Acknowledged",
        MessagesPerSecond,
        rate(told("ack_floor_stream_seq")),
        "How fast the consumer gets on in its stream.",
      ),
      highestOf(
        "Waiting pulls",
        Short,
        told("num_waiting"),
        "Requests of clients for messages that are still to come. None: nobody reads, or it is a push consumer.",
      ),
      {
        ...highestOf(
          "Since the last acknowledgement",
          DurationSeconds,
          `${told("last_ack_seconds")} and ${told("num_pending")} > 0`,
          "How long consumers with messages to read have acknowledged none (exporter 0.20 and later).",
        ),
        width: 24,
        whenEmpty: "nobody is behind",
      },
    ];
  },
};
