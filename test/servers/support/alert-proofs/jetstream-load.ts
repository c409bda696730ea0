import type { AlertProof } from "./proof.ts";
import { about, answers, each, stream, told } from "./series.ts";

/** Proofs of nats/alerts/jetstream.ts, of how much JetStream is asked for. */
export const jetStreamLoadProofs: readonly AlertProof[] = [
  {
    ...{ alert: "NatsStreamSubjectsHigh", labels: [about.stream] },
    series: () => [
      stream(0, "subject_count", { right: 1_000_000, wrong: 1_000_001 }),
      // A replica that has not heard of a purge.
      ...[stream(1, "subject_count", 1_500_000), stream(2, "subject_count", 1_000_000)],
    ],
    naive: [
      {
        fault: "each replica counts the same subjects",
        ...{ expression: "sum by (stream_name) (nats_stream_subject_count) > 1e6", at: "right", fires: true },
      },
    ],
  },
  {
    ...{ alert: "NatsJetStreamApiErrors", labels: [{}], windowSeconds: 300 },
    series: () => [
      told(0, "varz_jetstream_stats_api_total", { right: { grows: 1000 }, wrong: { grows: 5000 } }),
      told(0, "varz_jetstream_stats_api_errors", { right: { grows: 99 }, wrong: { grows: 4000 } }),
    ],
    naive: [
      {
        fault: "a client that asks for a stream that is not there makes an error",
        ...{ expression: "increase(nats_varz_jetstream_stats_api_errors[5m]) > 0", at: "right", fires: true },
      },
      {
        fault: "one request that fails out of two is half of them",
        expression:
          "rate(nats_varz_jetstream_stats_api_errors[5m]) / rate(nats_varz_jetstream_stats_api_total[5m]) > 0.1",
        ...{ at: "right", fires: true },
        series: [
          told(0, "varz_jetstream_stats_api_total", { right: { grows: 2 }, wrong: { grows: 2 } }),
          told(0, "varz_jetstream_stats_api_errors", { right: { grows: 0.9 }, wrong: { grows: 0.9 } }),
        ],
      },
    ],
  },
  {
    ...{ alert: "NatsJetStreamApiBacklog", labels: [about.server(0)], leavesOutTheDead: true },
    series: () => [
      ...each((server) => answers(server)),
      told(0, "varz_jetstream_meta_pending", { right: 100, wrong: 101 }),
      told(1, "varz_jetstream_meta_pending", 40),
    ],
    naive: [
      {
        fault: "the exporter keeps the last number of a leader that is dead",
        ...{ expression: "nats_varz_jetstream_meta_pending > 100", at: "right", fires: true },
        series: [told(0, "varz_jetstream_meta_pending", 500), answers(0, "gone")],
      },
    ],
  },
  {
    ...{ alert: "NatsHaAssetsHigh", labels: [about.server(0)], leavesOutTheDead: true },
    series: () => [
      ...[answers(0), told(0, "varz_jetstream_stats_ha_assets", { right: 1000, wrong: 1001 })],
      ...[told(0, "server_total_streams", 600), told(0, "server_total_consumers", 9000)],
    ],
    naive: [
      {
        fault: "what has one replica costs no election",
        ...{ expression: "nats_server_total_streams + nats_server_total_consumers > 1000", at: "right", fires: true },
      },
    ],
  },
];
