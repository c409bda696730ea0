import { BytesPerSecondIEC, CountsPerSecond, Short } from "@grafana/grafana-foundation-sdk/units";
import { graph, type Query, type Row } from "../panel.ts";
import type { DashboardSettings } from "../settings.ts";
import { liveOf, ofServers, once, perServer, rateOf } from "../told.ts";

const kinds = { clients: "clients", routes: "routes", gateways: "gateways", leafs: "leaf nodes" } as const;

/** How often something has happened on the chosen servers together within 5 minutes. */
function lately(settings: DashboardSettings, name: string, legend: string): Query {
  return { expression: `sum(${once(`increase(${ofServers(settings, `varz_${name}`)}[5m])`)})`, legend };
}

/** Who is connected, and how many bytes go through. */
export const connections: Row = {
  title: "Connections and throughput",
  panels: (settings) => [
    graph({
      title: "Connections",
      description: "Clients of each server.",
      unit: Short,
      // connz_num_connections ends at 1024, however many there are.
      queries: [perServer(liveOf(settings, "varz_connections"))],
      isStacked: true,
    }),
    graph({
      title: "New connections",
      description:
        "Connections that were opened. Many, while their number stays: clients that connect for each request.",
      unit: CountsPerSecond,
      queries: [perServer(rateOf(settings, "varz_total_connections"))],
    }),
    graph({
      title: "Subscriptions",
      description: "Subscriptions that each server knows, those of other servers' clients among them.",
      unit: Short,
      queries: [perServer(liveOf(settings, "varz_subscriptions"))],
    }),
    graph({
      title: "Bytes in",
      description: "What each server gets from clients and from other servers.",
      unit: BytesPerSecondIEC,
      queries: [perServer(rateOf(settings, "varz_in_bytes"))],
    }),
    graph({
      title: "Bytes out",
      description: "What each server sends to clients and to other servers.",
      unit: BytesPerSecondIEC,
      queries: [perServer(rateOf(settings, "varz_out_bytes"))],
    }),
    graph({
      title: "Cut off or slowed down",
      description:
        "Connections within 5 minutes that read too slowly and were cut off, by their kind; publishers that were slowed down for them; connections that answered no pings.",
      unit: Short,
      queries: [
        ...Object.entries(kinds).map(([kind, legend]) =>
          lately(settings, `slow_consumer_stats_${kind}`, `slow ${legend}`),
        ),
        lately(settings, "stalled_clients", "stalled publishers"),
        lately(settings, "stale_connections", "stale"),
      ],
    }),
  ],
};
