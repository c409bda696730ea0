import { MessagesPerSecond, RequestsPerSecond } from "@grafana/grafana-foundation-sdk/units";
import { graph, type Row } from "../panel.ts";
import { once, perServer, rateOf } from "../told.ts";

/** How many messages go through, and how many requests to JetStream. */
export const messages: Row = {
  title: "Message rates",
  panels: (settings) => [
    graph({
      title: "Messages in",
      description: "What each server gets from clients and from other servers.",
      unit: MessagesPerSecond,
      queries: [perServer(rateOf(settings, "varz_in_msgs"))],
    }),
    graph({
      title: "Messages out",
      description: "What each server sends to clients and to other servers.",
      unit: MessagesPerSecond,
      queries: [perServer(rateOf(settings, "varz_out_msgs"))],
    }),
    graph({
      title: "Messages of clients",
      description: "What clients alone send and get, on all chosen servers together (nats-server 2.14 and later).",
      unit: MessagesPerSecond,
      queries: [
        { expression: `sum(${once(rateOf(settings, "varz_in_client_msgs"))})`, legend: "in" },
        { expression: `sum(${once(rateOf(settings, "varz_out_client_msgs"))})`, legend: "out" },
      ],
    }),
    graph({
      title: "JetStream requests",
      description: "Requests to JetStream's API. Clients that ask again and again instead of waiting show up here.",
      unit: RequestsPerSecond,
      queries: [perServer(rateOf(settings, "varz_jetstream_stats_api_total"))],
      width: 12,
    }),
    graph({
      title: "JetStream errors",
      description: "Requests that were answered with an error. That a stream is not found is one, too.",
      unit: RequestsPerSecond,
      queries: [perServer(rateOf(settings, "varz_jetstream_stats_api_errors"))],
      width: 12,
    }),
  ],
};
