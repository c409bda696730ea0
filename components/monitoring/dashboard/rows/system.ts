import { CountsPerMinute, DurationSeconds, Short } from "@grafana/grafana-foundation-sdk/units";
import { systemSeries } from "../../../../nats/alerts/series.ts";
import { graph, type Panel, type Row } from "../panel.ts";
import type { DashboardSettings } from "../settings.ts";

const day = 86_400;

/** How the leader of JetStream sees the other servers. */
function metaGroup(settings: DashboardSettings): Panel[] {
  const told = (name: string) => systemSeries(settings, name);
  return [
    graph({
      title: "Meta group lag",
      description: "Operations that each server is behind the leader of JetStream, as the leader sees it.",
      unit: Short,
      queries: [{ expression: `max by (peer) (${told("meta_peer_lag")})`, legend: "{{peer}}" }],
      whenEmpty: "nobody leads",
    }),
    {
      kind: "states",
      title: "Meta group",
      description:
        "Which servers have kept up with the leader of JetStream, as the leader sees it. It is none of them itself.",
      unit: Short,
      width: 16,
      queries: [{ expression: `max by (peer) (${told("meta_peer_current")})`, legend: "{{peer}}" }],
      states: { 0: { text: "behind or away", colour: "red" }, 1: { text: "current", colour: "green" } },
      whenEmpty: "nobody leads",
    },
  ];
}

/** What only the system account can tell: no metric of the servers counts refused logins, or says when a certificate ends. */
export const system: Row = {
  title: "Logins and certificates",
  appliesTo: (settings) => settings.hasSystemExporter,
  panels: (settings) => {
    const told = (name: string) => systemSeries(settings, name);
    return [
      graph({
        title: "Refused logins",
        description: "Credentials that are withdrawn, expired, of another operator, or guessed.",
        unit: CountsPerMinute,
        queries: [
          {
            expression: `max by (server, client_type) (rate(${told("authentication_errors_total")}[$__rate_interval])) * 60`,
            legend: "{{server}} {{client_type}}",
          },
        ],
      }),
      graph({
        title: "Ended credentials",
        description: "Clients within 10 minutes that were cut off because their credentials expired or were revoked.",
        unit: Short,
        queries: [
          {
            expression: `sum by (reason) (max by (server, reason) (increase(${told("disconnects_total")}[10m])))`,
            legend: "{{reason}}",
          },
        ],
      }),
      ...(settings.isClustered ? metaGroup(settings) : []),
      {
        kind: "figure",
        title: "Certificates",
        description:
          "How long the certificates that the servers present are still good for: the first to end, of each listener.",
        unit: DurationSeconds,
        width: 8,
        queries: [
          {
            expression: `min by (listener) (${told("certificate_expiry_timestamp_seconds")}) - time()`,
            legend: "{{listener}}",
          },
        ],
        colours: [
          [0, "red"],
          [day, "orange"],
          [14 * day, "green"],
        ],
        whenEmpty: "no listener has one",
      },
    ];
  },
};
