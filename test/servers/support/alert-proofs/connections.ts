import type { AlertProof } from "./proof.ts";
import { about, answers, each, system, told } from "./series.ts";

/** A counter that stands, as it does after something that is long over. */
const over = { right: { grows: 0 }, from: 3 } as const;

/** Proofs of nats/alerts/connections.ts. */
export const connectionProofs: readonly AlertProof[] = [
  {
    ...{ alert: "NatsConnectionsHigh", labels: [about.server(1)], leavesOutTheDead: true },
    series: () => [
      ...each((server) => answers(server)),
      told(0, "varz_connections", 400),
      told(1, "varz_connections", { right: 1000, wrong: 1001 }),
    ],
    naive: [
      {
        fault: "400 on each of three servers are no 1,000 on one",
        ...{ expression: "sum(nats_varz_connections) > 1000", at: "right", fires: true },
      },
      {
        fault: "the exporter keeps the last number of a server that is dead",
        ...{ expression: "nats_varz_connections > 1000", at: "right", fires: true },
        series: [told(2, "varz_connections", 1200), answers(2, "gone")],
      },
    ],
  },
  {
    ...{ alert: "NatsConnectionsHigh", variant: "with 2,000 allowed", change: { threshold: 2000 } },
    labels: [about.server(1)],
    series: () => [
      ...[answers(1), told(1, "varz_connections", { right: 2000, wrong: 2001 })],
      told(1, "connz_num_connections", 1024),
    ],
    naive: [
      {
        fault: "num_connections ends at the size of a page, 1,024",
        ...{ expression: "nats_connz_num_connections > 2000", at: "wrong", fires: false },
      },
    ],
  },
  {
    ...{ alert: "NatsConnectionLimitNear", labels: [about.server(0)], leavesOutTheDead: true },
    series: () => [
      ...[
        answers(0),
        told(0, "varz_max_connections", 100_000),
        told(0, "connz_total", { right: 80_000, wrong: 80_001 }),
      ],
      told(0, "varz_connections", { right: 80_000, wrong: 80_001 }),
    ],
    naive: [
      {
        fault: "the limit of connz is the size of a page",
        ...{ expression: "nats_connz_total / nats_connz_limit > 0.8", at: "right", fires: true },
      },
    ],
  },
  {
    ...{ alert: "NatsSlowConsumers", labels: [about.server(0)], windowSeconds: 300 },
    series: () => [told(0, "varz_slow_consumers", { ...over, wrong: { grows: 1 } }), told(1, "varz_slow_consumers", 0)],
    naive: [
      {
        fault: "the number never falls again",
        ...{ expression: "nats_varz_slow_consumers > 0", at: "after", fires: true },
      },
      {
        fault: "one burst is seen for as long as it looks back",
        ...{ expression: "increase(nats_varz_slow_consumers[15m]) > 0", at: "wrong", fires: true },
        series: [told(0, "varz_slow_consumers", { ...over, wrong: { jumps: 5 } })],
      },
    ],
  },
  {
    ...{ alert: "NatsFabricSlowConsumers", labels: [about.server(0)], windowSeconds: 300 },
    series: () => [
      told(0, "varz_slow_consumer_stats_routes", 3),
      told(0, "varz_slow_consumer_stats_gateways", { ...over, wrong: { grows: 1 } }),
      told(0, "varz_slow_consumer_stats_leafs", 0),
      told(0, "varz_slow_consumer_stats_clients", { grows: 1 }),
    ],
    naive: [
      {
        fault: "the number never falls again",
        ...{ expression: "nats_varz_slow_consumer_stats_gateways > 0", at: "after", fires: true },
      },
      {
        fault: "slow clients are not slow servers",
        ...{ expression: "increase(nats_varz_slow_consumer_stats_clients[5m]) > 0", at: "right", fires: true },
      },
    ],
  },
  {
    ...{ alert: "NatsStalledClients", labels: [about.server(0)], windowSeconds: 300 },
    series: () => [told(0, "varz_stalled_clients", { right: { grows: 14.9 }, wrong: { grows: 200 } })],
    naive: [
      {
        fault: "the number never falls again",
        ...{ expression: "nats_varz_stalled_clients > 1", at: "right", fires: true },
      },
    ],
  },
  {
    ...{ alert: "NatsAuthenticationErrors", labels: [{}], windowSeconds: 300 },
    series: () => [
      // Less than one a minute: once in 62 seconds.
      system(
        "authentication_errors_total",
        { right: { grows: 0.24 }, wrong: { grows: 20 } },
        { server: "nats-0", client_type: "nats" },
      ),
      system("authentication_errors_total", 0, { server: "nats-1", client_type: "mqtt" }),
      told(0, "varz_auth_timeout", 2),
      told(0, "varz_total_connections", { right: { grows: 15 }, wrong: { grows: 15 } }),
    ],
    naive: [
      {
        fault: "the number never falls again",
        ...{ expression: "nats_system_authentication_errors_total > 1", at: "right", fires: true },
      },
      {
        fault: "auth_timeout is a setting",
        ...{ expression: "nats_varz_auth_timeout > 1", at: "right", fires: true },
      },
      {
        fault: "no exporter has ever had this metric",
        ...{ expression: "rate(gnatsd_auth_errors[5m]) * 60 > 1", at: "wrong", fires: false },
      },
      {
        fault: "connections that come and go are no refused logins",
        ...{ expression: "rate(nats_varz_total_connections[5m]) * 60 > 1", at: "right", fires: true },
      },
    ],
  },
  {
    ...{ alert: "NatsCredentialsExpired", labels: [{}], windowSeconds: 600 },
    elsewhere: () => [system("disconnects_total", { grows: 1 }, { server: "nats-0", reason: "expired" })],
    series: () => [
      system(
        "disconnects_total",
        { ...over, wrong: { jumps: 1 }, after: { grows: 0 } },
        { server: "nats-0", reason: "expired" },
      ),
      system("disconnects_total", { grows: 1 }, { server: "nats-0", reason: "revoked" }),
    ],
    naive: [
      {
        fault: "the number never falls again",
        ...{ expression: 'nats_system_disconnects_total{reason="expired"} > 0', at: "after", fires: true },
      },
      {
        fault: "what was revoked was meant to go",
        ...{ expression: "increase(nats_system_disconnects_total[10m]) > 0", at: "right", fires: true },
      },
    ],
  },
];
