import type { Alert } from "./alert.ts";
import { live, series } from "./series.ts";

/** What is wrong with JetStream as a whole. */
export const jetStreamAlerts: readonly Alert[] = [
  {
    name: "NatsJetStreamStorageHigh",
    title: "NATS JetStream Storage High",
    severity: "critical",
    forSeconds: 300,
    value: (context) =>
      `max by (namespace, pod) (${live(context, `${series(context, "varz_jetstream_stats_storage")} / (${series(context, "varz_jetstream_config_max_storage")} > 0)`)})`,
    wrongWhen: "above",
    threshold: 0.8,
    unit: "share of the file storage of a server",
    range: { to: 1 },
    noValueIs: "fine",
    summary: "JetStream on {{ $labels.pod }} has nearly used up its file storage",
    description:
      "One full server is enough to stop every stream that has a replica on it, and such streams do not come back by purging alone.",
  },
  {
    name: "NatsJetStreamMemoryHigh",
    title: "NATS JetStream Memory High",
    severity: "warning",
    forSeconds: 300,
    value: (context) =>
      `max by (namespace, pod) (${live(context, `${series(context, "varz_jetstream_stats_memory")} / (${series(context, "varz_jetstream_config_max_memory")} > 0)`)})`,
    wrongWhen: "above",
    threshold: 0.8,
    unit: "share of the memory storage of a server",
    range: { to: 1 },
    noValueIs: "fine",
    summary: "JetStream on {{ $labels.pod }} has nearly used up its memory storage",
    description: "Streams in memory take no more messages once it is used up.",
  },
  {
    name: "NatsAccountStorageHigh",
    title: "NATS Account Storage High",
    severity: "warning",
    forSeconds: 300,
    // Every server tells the sum over all of them. Unlimited is told as 2^64.
    value: (context) =>
      `max by (namespace, account_name) (${series(context, "account_storage_used")} / ((${series(context, "account_max_storage")} > 0) < 1e18))`,
    wrongWhen: "above",
    threshold: 0.9,
    unit: "share of the account's limit",
    range: { to: 1 },
    noValueIs: "fine",
    summary: "Account {{ $labels.account_name }} has nearly used up its JetStream storage",
    description: "At its limit none of the account's streams takes a message.",
  },
  {
    name: "NatsJetStreamApiErrors",
    title: "NATS JetStream API Errors",
    severity: "warning",
    forSeconds: 600,
    // Asking for a stream that is not there counts too: a few of them are nothing.
    value: (context) => {
      const errors = series(context, "varz_jetstream_stats_api_errors");
      const total = series(context, "varz_jetstream_stats_api_total");
      return `sum(rate(${errors}[5m])) / (sum(rate(${total}[5m])) > 0) and sum(increase(${errors}[5m])) > 20`;
    },
    wrongWhen: "above",
    threshold: 0.1,
    unit: "share of the requests to JetStream's API that fail",
    range: { to: 1 },
    noValueIs: "fine",
    summary: "Many requests to JetStream's API fail",
    description: "Clients ask for what is not there or not allowed, or JetStream cannot do what they ask.",
  },
  {
    name: "NatsJetStreamApiBacklog",
    title: "NATS JetStream API Backlog",
    severity: "warning",
    forSeconds: 300,
    value: (context) => `max by (namespace, pod) (${live(context, series(context, "varz_jetstream_meta_pending"))})`,
    wrongWhen: "above",
    threshold: 100,
    unit: "requests that wait",
    appliesTo: ({ replicas }) => replicas > 1,
    noValueIs: "fine",
    summary: "Requests to JetStream's API pile up on {{ $labels.pod }}",
    description: "Streams and consumers are made or asked for faster than the cluster can agree on them.",
  },
  {
    name: "NatsHaAssetsHigh",
    title: "NATS Has Very Many Replicated Streams And Consumers",
    severity: "warning",
    forSeconds: 900,
    value: (context) => `max by (namespace, pod) (${live(context, series(context, "varz_jetstream_stats_ha_assets"))})`,
    wrongWhen: "above",
    threshold: 1000,
    unit: "streams and consumers with several replicas on one server",
    appliesTo: ({ replicas }) => replicas > 1,
    noValueIs: "fine",
    summary: "{{ $labels.pod }} takes part in very many raft groups",
    description: "Each is an election and a heartbeat of its own: restarts and leader moves become slow.",
  },
];
