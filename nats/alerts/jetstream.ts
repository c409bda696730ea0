import type { Alert, AlertContext } from "./alert.ts";
import { live, series } from "./series.ts";

const hasStreams = ({ exporter }: AlertContext) => exporter.streams !== "none";
/** Raft groups are told for consumers alone (exporter 0.20: `-jsz=streams` leaves them out). */
const hasGroups = ({ exporter, replicas }: AlertContext) => exporter.streams === "consumers" && replicas > 1;

const stream = "namespace, account_name, stream_name";
const isLeader = 'is_stream_leader="true"';

function leadersOf(context: AlertContext): string {
  const known = series(context, "stream_total_messages");
  return `count by (${stream}) (${series(context, "stream_total_messages", isLeader)}) or 0 * count by (${stream}) (${known})`;
}

/** The share of a stream's replicas that is there. A raft group's name tells how many there should be. */
function replicasThere(context: AlertContext): string {
  const there = (replicas: number) =>
    `count by (${stream}) (${series(context, "stream_total_messages", `stream_raft_group=~"S-R${String(replicas)}.*"`)}) / ${String(replicas)}`;
  return `${there(3)} or ${there(5)}`;
}

/** How far the replicas of a stream are apart, beyond what comes of their being scraped at different times. */
function replicaLag(context: AlertContext): string {
  const last = series(context, "stream_last_seq");
  const apart = `max by (${stream}) (${last}) - min by (${stream}) (${last})`;
  return `(${apart}) - ${String(2 * context.scrapeSeconds)} * max by (${stream}) (rate(${last}[5m]))`;
}

/** What is wrong with JetStream as a whole, and with streams. */
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
    appliesTo: hasStreams,
    noValueIs: "fine",
    summary: "Account {{ $labels.account_name }} has nearly used up its JetStream storage",
    description: "At its limit none of the account's streams takes a message.",
  },
  {
    name: "NatsStreamWithoutLeader",
    title: "NATS Stream Without Leader",
    severity: "critical",
    forSeconds: 60,
    value: leadersOf,
    wrongWhen: "below",
    threshold: 1,
    unit: "leaders of the stream",
    appliesTo: hasStreams,
    noValueIs: "fine",
    summary: "Stream {{ $labels.stream_name }} of {{ $labels.account_name }} has no leader",
    description: "It takes no messages and gives none out.",
  },
  {
    name: "NatsStreamReplicaMissing",
    title: "NATS Stream Replica Missing",
    severity: "warning",
    forSeconds: 600,
    value: replicasThere,
    wrongWhen: "below",
    threshold: 1,
    unit: "share of the stream's replicas that is there",
    appliesTo: hasGroups,
    noValueIs: "fine",
    summary: "Stream {{ $labels.stream_name }} of {{ $labels.account_name }} lacks a replica",
    description: "It works, but one server fewer can fail before it stops or loses messages.",
  },
  {
    name: "NatsStreamReplicaLag",
    title: "NATS Stream Replica Lags",
    severity: "warning",
    forSeconds: 300,
    value: replicaLag,
    wrongWhen: "above",
    threshold: 1000,
    unit: "messages between the first and the last replica",
    appliesTo: hasGroups,
    noValueIs: "fine",
    summary: "A replica of stream {{ $labels.stream_name }} of {{ $labels.account_name }} is far behind",
    description: "Should the leader fail now, the stream has to wait for it.",
  },
  {
    name: "NatsMirrorLag",
    title: "NATS Mirror Or Source Lags",
    severity: "warning",
    forSeconds: 300,
    value: (context) =>
      `max by (${stream}) (${series(context, "stream_mirror_lag", isLeader)} or ${series(context, "stream_source_lag", isLeader)})`,
    wrongWhen: "above",
    threshold: 1000,
    unit: "messages behind the origin",
    appliesTo: hasStreams,
    noValueIs: "fine",
    summary: "Stream {{ $labels.stream_name }} of {{ $labels.account_name }} is far behind its origin",
    description: "The connection to the origin is too slow, or the stream cannot store what it gets.",
  },
  {
    name: "NatsMirrorDisconnected",
    title: "NATS Mirror Or Source Disconnected",
    severity: "warning",
    forSeconds: 300,
    // An origin that is out of reach cannot say how much there is to come: the lag stays what it was. -1 means that it was never heard of.
    value: (context) => {
      const heard = (kind: string) => series(context, `stream_${kind}_active_duration_ns`, isLeader);
      const seconds = (kind: string) => `${heard(kind)} / 1e9 >= 0 or ${heard(kind)} * 0 + 1e9`;
      return `max by (${stream}) (${seconds("mirror")} or ${seconds("source")})`;
    },
    wrongWhen: "above",
    threshold: 60,
    unit: "seconds since the stream has heard from its origin",
    appliesTo: hasStreams,
    noValueIs: "fine",
    summary: "Stream {{ $labels.stream_name }} of {{ $labels.account_name }} hears nothing from its origin",
    description: "The connection to the origin is cut, or the origin is gone.",
  },
  {
    name: "NatsStreamSubjectsHigh",
    title: "NATS Stream Has Very Many Subjects",
    severity: "warning",
    forSeconds: 900,
    value: (context) => `max by (${stream}) (${series(context, "stream_subject_count", isLeader)})`,
    wrongWhen: "above",
    threshold: 1_000_000,
    unit: "subjects in the stream",
    appliesTo: hasStreams,
    noValueIs: "fine",
    summary: "Stream {{ $labels.stream_name }} of {{ $labels.account_name }} holds very many subjects",
    description: "Each costs memory on every replica, and makes recovery slow.",
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
