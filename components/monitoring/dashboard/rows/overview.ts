import {
  DurationSeconds,
  MessagesPerSecond,
  Percent,
  PercentUnit,
  Short,
  BytesIEC,
} from "@grafana/grafana-foundation-sdk/units";
import { live } from "../../../../nats/alerts/series.ts";
import { figure, graph, type Figure, type Row } from "../panel.ts";
import type { DashboardSettings } from "../settings.ts";
import { liveOf, ofServers, once, perServer, rateOf } from "../told.ts";

const leader = (settings: DashboardSettings): Figure =>
  figure({
    title: "JetStream leader",
    description: "The server that decides on streams and consumers. More than one: part of the cluster is cut off.",
    unit: Short,
    queries: [
      {
        expression: `max by (meta_leader) (${ofServers(settings, "server_jetstream_disabled", 'meta_leader!=""')} + 1)`,
        legend: "{{meta_leader}}",
      },
    ],
    showsNames: true,
    whenEmpty: "none",
  });

/** What to look at first. */
export const overview: Row = {
  title: "Overview",
  panels: (settings) => [
    figure({
      title: "Servers",
      description: "Servers that answer their exporters.",
      unit: Short,
      queries: [{ expression: `count(${once(ofServers(settings, "connz_limit"))})`, legend: "servers" }],
      whenEmpty: "none",
    }),
    ...(settings.isClustered ? [leader(settings)] : []),
    figure({
      title: "Connections",
      description: "Clients of all chosen servers together.",
      unit: Short,
      queries: [{ expression: `sum(${once(liveOf(settings, "varz_connections"))})`, legend: "connections" }],
    }),
    figure({
      title: "Messages in",
      description: "What clients and other servers send to the chosen servers.",
      unit: MessagesPerSecond,
      queries: [{ expression: `sum(${once(rateOf(settings, "varz_in_msgs"))})`, legend: "in" }],
    }),
    figure({
      title: "Messages out",
      description: "What the chosen servers send to clients and other servers.",
      unit: MessagesPerSecond,
      queries: [{ expression: `sum(${once(rateOf(settings, "varz_out_msgs"))})`, legend: "out" }],
    }),
    figure({
      title: "Storage",
      description: "The server whose JetStream storage is fullest.",
      unit: PercentUnit,
      queries: [
        {
          expression: `max(${live(settings, `${ofServers(settings, "varz_jetstream_stats_storage")} / (${ofServers(settings, "varz_jetstream_config_max_storage")} > 0)`)})`,
          legend: "used",
        },
      ],
      colours: [
        [0.7, "orange"],
        [0.8, "red"],
      ],
    }),
    figure({
      title: "Slow consumers",
      description: "Clients that were cut off within the last hour because they read too slowly.",
      unit: Short,
      queries: [
        {
          expression: `sum(${once(`increase(${ofServers(settings, "varz_slow_consumers")}[1h])`)})`,
          legend: "in an hour",
        },
      ],
      colours: [[0.5, "orange"]],
    }),
    figure({
      title: "Version",
      description: "Versions of nats-server that run.",
      unit: Short,
      queries: [
        { expression: `count by (value) (${once(liveOf(settings, "varz_version"), "value")})`, legend: "{{value}}" },
      ],
      showsNames: true,
    }),
    graph({
      title: "CPU",
      description: "Share of the cores that the server may use.",
      unit: Percent,
      queries: [
        perServer(live(settings, `${ofServers(settings, "varz_cpu")} / ${ofServers(settings, "varz_gomaxprocs")}`)),
      ],
    }),
    graph({
      title: "Memory",
      description: "Memory that the server holds.",
      unit: BytesIEC,
      queries: [perServer(liveOf(settings, "varz_mem"))],
    }),
    graph({
      title: "Uptime",
      description: "How long each server has been running. It falls to nothing with a restart.",
      unit: DurationSeconds,
      queries: [perServer(live(settings, `time() - ${ofServers(settings, "varz_start")} / 1000`))],
    }),
  ],
};
