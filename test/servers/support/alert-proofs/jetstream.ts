import type { AlertProof } from "./proof.ts";
import { account, about, answers, each, stream, told, type Replica } from "./series.ts";

/** Share of a store that one server uses, next to the threshold, while the others have room. */
const store = (used: string, size: string) => [
  ...each((server) => answers(server)),
  ...each((server) => told(server, `varz_${size}`, 10_000_000_000)),
  ...each((server) =>
    told(server, `varz_${used}`, server === 2 ? { right: 8_000_000_000, wrong: 8_000_000_001 } : 1_000_000_000),
  ),
];

const missingOf = (replicas: number): AlertProof => {
  const replica: Replica = { group: `S-R${replicas}F-bRMVrNoq` };
  return {
    ...{
      alert: "NatsStreamReplicaMissing",
      variant: `of ${replicas}`,
      context: { replicas: 5 },
      labels: [about.stream],
    },
    series: () => [
      ...each((server) => stream(server, "total_messages", 10, replica), replicas - 1),
      stream(replicas - 1, "total_messages", { right: 10, wrong: "gone" }, replica),
    ],
    naive: [
      {
        fault: "a stream that is to have one replica has one",
        expression: `count by (stream_name) (nats_stream_total_messages) < ${replicas}`,
        ...{ at: "right", fires: true },
        series: [stream(0, "total_messages", 10, { group: "S-R1F-bRMVrNoq" })],
      },
    ],
  };
};

/** Proofs of nats/alerts/jetstream.ts. */
export const jetStreamProofs: readonly AlertProof[] = [
  {
    ...{ alert: "NatsJetStreamStorageHigh", labels: [about.server(2)], leavesOutTheDead: true },
    series: () => store("jetstream_stats_storage", "jetstream_config_max_storage"),
    naive: [
      {
        fault: "one full server is hidden by those with room",
        expression: "sum(nats_varz_jetstream_stats_storage) / sum(nats_varz_jetstream_config_max_storage) > 0.8",
        ...{ at: "wrong", fires: false },
      },
      {
        fault: "the exporter keeps the last numbers of a server that is dead",
        expression: "nats_varz_jetstream_stats_storage / nats_varz_jetstream_config_max_storage > 0.8",
        ...{ at: "right", fires: true },
        series: [
          ...[told(2, "varz_jetstream_stats_storage", 9e9), told(2, "varz_jetstream_config_max_storage", 10e9)],
          answers(2, "gone"),
        ],
      },
    ],
  },
  {
    ...{ alert: "NatsJetStreamMemoryHigh", labels: [about.server(2)], leavesOutTheDead: true },
    series: () => [
      ...store("jetstream_stats_memory", "jetstream_config_max_memory"),
      ...[told(2, "server_total_message_bytes", 90e9), told(2, "server_max_memory", 10e9)],
    ],
    naive: [
      {
        fault: "total_message_bytes counts what is in files as well",
        expression: "nats_server_total_message_bytes / nats_server_max_memory > 0.8",
        ...{ at: "right", fires: true },
      },
      {
        fault: "a server without memory storage is not full",
        expression: "nats_varz_jetstream_stats_memory / nats_varz_jetstream_config_max_memory > 0.8",
        ...{ at: "right", fires: true },
        series: [
          ...[told(0, "varz_jetstream_stats_memory", 4096), told(0, "varz_jetstream_config_max_memory", 0), answers(0)],
        ],
      },
    ],
  },
  {
    ...{ alert: "NatsAccountStorageHigh", labels: [{ namespace: "nats", account_name: "ORDERS" }] },
    series: () => [
      ...each((server) => account(server, "storage_used", { right: 9_000_000_000, wrong: 9_000_000_001 })),
      ...each((server) => account(server, "max_storage", 10_000_000_000)),
      ...[account(0, "storage_used", 50e9, "FREE"), account(0, "max_storage", 1.8446744073709552e19, "FREE")],
    ],
    naive: [
      {
        fault: "each of three servers tells the whole sum",
        expression:
          "sum by (account_name) (nats_account_storage_used) > 0.9 * max by (account_name) (nats_account_max_storage)",
        ...{ at: "right", fires: true },
      },
      {
        fault: "beside an account without a limit, 1.8e19, no sum is ever near its limit",
        expression: "sum(nats_account_storage_used) / sum(nats_account_max_storage) > 0.9",
        ...{ at: "wrong", fires: false },
      },
      {
        fault: "an account with limits for each number of replicas tells 0",
        expression: "nats_account_storage_used / nats_account_max_storage > 0.9",
        ...{ at: "right", fires: true },
        series: [account(0, "storage_used", 1000), account(0, "max_storage", 0)],
      },
    ],
  },
  {
    ...{ alert: "NatsStreamWithoutLeader", labels: [about.stream] },
    series: () => [
      ...each((server) => stream(server, "total_messages", { right: 10, wrong: "gone" })),
      ...each((server) => stream(server, "total_messages", { right: "gone", wrong: 10 }, { leader: "" })),
    ],
    naive: [
      {
        fault: "what is counted is gone with the leader",
        expression: 'count by (stream_name) (nats_stream_total_messages{is_stream_leader="true"}) < 1',
        ...{ at: "wrong", fires: false },
      },
    ],
  },
  ...[2, 3, 4, 5].map(missingOf),
  {
    ...{ alert: "NatsStreamReplicaLag", labels: [about.stream] },
    series: () => [
      stream(0, "last_seq", { right: 10_000, wrong: 10_001, after: 10_001 }),
      ...[stream(1, "last_seq", 10_000), stream(2, "last_seq", { right: 9000, wrong: 9000, after: 9001 })],
    ],
    naive: [
      {
        fault: "replicas of a busy stream are scraped at different times",
        expression: "max by (stream_name) (nats_stream_last_seq) - min by (stream_name) (nats_stream_last_seq) > 1000",
        ...{ at: "right", fires: true },
        series: [
          stream(0, "last_seq", { right: { grows: 3000 }, wrong: { grows: 3000 }, from: 3000 }),
          stream(1, "last_seq", { right: { grows: 3000 }, wrong: { grows: 3000 } }),
        ],
      },
    ],
  },
  {
    ...{ alert: "NatsMirrorLag", variant: "of a source", labels: [about.stream] },
    series: () => [
      stream(0, "source_lag", { right: 1000, wrong: 1001 }, {}, { source_name: "east" }),
      stream(0, "source_lag", 600, {}, { source_name: "west" }),
      stream(1, "source_lag", 5000, {}, { source_name: "east" }),
    ],
    naive: [
      {
        fault: "sources are not mirrors",
        ...{ expression: "nats_stream_mirror_lag > 1000", at: "wrong", fires: false },
      },
      {
        fault: "replicas that do not lead do not know",
        ...{ expression: "max by (stream_name) (nats_stream_source_lag) > 1000", at: "right", fires: true },
      },
    ],
  },
  {
    ...{ alert: "NatsMirrorLag", variant: "of a mirror", labels: [about.stream] },
    series: () => [stream(0, "mirror_lag", { right: 1000, wrong: 1001 }, {}, { mirror_name: "origin" })],
    naive: [
      {
        fault: "mirrors are no sources",
        ...{ expression: "nats_stream_source_lag > 1000", at: "wrong", fires: false },
      },
    ],
  },
  {
    ...{ alert: "NatsMirrorDisconnected", variant: "a mirror", labels: [about.stream] },
    series: () => [
      stream(0, "mirror_active_duration_ns", { right: 60e9, wrong: 61e9 }, {}, { mirror_name: "origin" }),
      stream(1, "mirror_active_duration_ns", 900e9, {}, { mirror_name: "origin" }),
      stream(0, "mirror_lag", 0, {}, { mirror_name: "origin" }),
    ],
    naive: [
      {
        fault: "an origin that is out of reach adds nothing to the lag",
        ...{ expression: "nats_stream_mirror_lag > 0", at: "wrong", fires: false },
      },
    ],
  },
  {
    ...{ alert: "NatsMirrorDisconnected", variant: "a source that was never reached", labels: [about.stream] },
    series: () => [
      stream(0, "source_active_duration_ns", { right: 1e9, wrong: -1 }, {}, { source_name: "east" }),
      stream(0, "source_active_duration_ns", 1e9, {}, { source_name: "west" }),
    ],
    naive: [
      {
        fault: "-1 is less than any time",
        ...{ expression: "nats_stream_source_active_duration_ns / 1e9 > 60", at: "wrong", fires: false },
      },
    ],
  },
];
