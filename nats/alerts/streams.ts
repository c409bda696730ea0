import type { Alert, AlertContext } from "./alert.ts";
import { series } from "./series.ts";

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
    `count by (${stream}) (count by (${stream}, pod) (${series(context, "stream_total_messages", `stream_raft_group=~"S-R${String(replicas)}.*"`)})) / ${String(replicas)}`;
  return [2, 3, 4, 5].map(there).join(" or ");
}

/** How far the replicas of a stream are apart, beyond what comes of their being scraped at different times. */
function replicaLag(context: AlertContext): string {
  const last = series(context, "stream_last_seq");
  const apart = `max by (${stream}) (${last}) - min by (${stream}) (${last})`;
  return `(${apart}) - ${String(2 * context.scrapeSeconds)} * max by (${stream}) (rate(${last}[5m]))`;
}

/** What is wrong with streams. */
export const streamAlerts: readonly Alert[] = [
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
    range: { to: 1 },
    appliesTo: hasGroups,
    noValueIs: "fine",
    summary: "Stream {{ $labels.stream_name }} of {{ $labels.account_name }} lacks a replica",
    description:
      "With more than half of its replicas it works, but one server fewer can fail before it stops; with half of them it stands still.",
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
];
