import type { AlertProof } from "./proof.ts";
import { about, answers, jetStream, told, up } from "./series.ts";

/** Proofs of nats/alerts/servers.ts, of each server. */
export const serverProofs: readonly AlertProof[] = [
  {
    ...{ alert: "NatsTargetDown", labels: [about.server(2)] },
    series: () => [up(0, 1), up(1, 1), up(2, { right: 1, wrong: 0 })],
    naive: [
      {
        fault: "absent(up) waits until the last of three servers is gone",
        ...{ expression: 'absent(up{job="nats/nats"})', at: "wrong", fires: false },
      },
    ],
  },
  {
    ...{ alert: "NatsServerUnreachable", labels: [about.server(2)] },
    series: () => [
      ...[up(0, 1), up(1, 1), up(2, 1), answers(0), answers(1), answers(2, { right: 1024, wrong: "gone" })],
      told(2, "varz_connections", 7),
    ],
    naive: [
      { fault: "the exporter of a dead server is up", expression: "up == 0", at: "wrong", fires: false },
      {
        fault: "the exporter keeps varz of a dead server for ever",
        ...{ expression: 'absent(nats_varz_connections{pod="nats-2"})', at: "wrong", fires: false },
      },
    ],
  },
  {
    ...{ alert: "NatsServerUnhealthy", labels: [about.server(1)] },
    series: () => [told(0, "healthz_status", 0), told(1, "healthz_status", { right: 0, wrong: 1 })],
    naive: [
      {
        fault: "0 is what a healthy server has",
        ...{ expression: "nats_healthz_status == 0", at: "right", fires: true },
      },
    ],
  },
  {
    ...{ alert: "NatsServerRestarted", labels: [about.server(1)], windowSeconds: 900, leavesOutTheDead: true },
    series: () => [
      ...[answers(0), answers(1)],
      told(0, "varz_start", 60_000),
      told(1, "varz_start", { right: 60_000, wrong: { jumps: 1_200_000 }, after: { grows: 0 } }),
    ],
    naive: [
      {
        fault: "varz tells milliseconds",
        ...{ expression: "time() - nats_varz_start < 900", at: "right", fires: true },
      },
    ],
  },
  {
    ...{ alert: "NatsServerRestarted", variant: "in a new pod", labels: [about.server(1)], windowSeconds: 600 },
    series: () => [
      answers(1),
      told(1, "varz_start", { right: 60_000, wrong: "gone", after: "gone" }),
      told(1, "varz_start", { right: "gone", wrong: 1_200_000, after: 1_200_000 }, { instance: "10.0.0.9:7777" }),
    ],
    naive: [
      {
        fault: "the new pod has another address, so that no series has changed",
        ...{ expression: "changes(nats_varz_start[15m]) > 0", at: "wrong", fires: false },
      },
    ],
  },
  {
    ...{ alert: "NatsJetStreamDisabled", labels: [about.server(0)] },
    series: () => [
      jetStream(0, "nats-1", { right: 0, wrong: 1 }),
      jetStream(1, "nats-1"),
      told(0, "varz_jetstream_stats_storage", 5e8),
    ],
    naive: [
      {
        fault: "varz keeps its JetStream part when that is gone from the server",
        ...{ expression: 'absent(nats_varz_jetstream_stats_storage{pod="nats-0"})', at: "wrong", fires: false },
      },
    ],
  },
  {
    ...{ alert: "NatsCpuHigh", labels: [about.server(0)], windowSeconds: 300, leavesOutTheDead: true },
    series: () => [answers(0), told(0, "varz_gomaxprocs", 4), told(0, "varz_cpu", { right: 360, wrong: 361 })],
    naive: [
      {
        fault: "100 is one core, and there are four",
        ...{ expression: "nats_varz_cpu > 90", at: "right", fires: true },
      },
    ],
  },
  {
    ...{ alert: "NatsMemoryHigh", labels: [about.server(0)], leavesOutTheDead: true },
    series: () => [
      ...[answers(0), told(0, "varz_gomemlimit", 1e9)],
      told(0, "varz_mem", { right: 900_000_000, wrong: 900_000_001 }),
    ],
    naive: [
      {
        fault: "200 MB are much for one server and nothing for another",
        ...{ expression: "nats_varz_mem > 200e6", at: "right", fires: true },
      },
    ],
  },
];
