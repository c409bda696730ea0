import { BytesIEC, BytesPerSecondIEC, MessagesPerSecond, Seconds, Short } from "@grafana/grafana-foundation-sdk/units";
import { graph, type Graph, type Row } from "../panel.ts";
import type { DashboardSettings } from "../settings.ts";
import { ofServers, once, perServer, rateOf } from "../told.ts";

function gatewayPanels(settings: DashboardSettings): Graph[] {
  const told = (name: string) => ofServers(settings, `gatewayz_outbound_gateway_${name}`);
  const rate = (direction: string, name: string) => rateOf(settings, `gatewayz_${direction}_gateway_conn_${name}`);
  const by = "remote_gateway_name";
  const sum = (expression: string) => `sum by (${by}) (${once(expression, by, "cid")})`;
  const legend = "{{remote_gateway_name}}";
  /** Outbound connections carry what goes to the other cluster; inbound ones bring what comes from there. */
  const bothWays = (from: string, to: string) => [
    { expression: sum(rate("outbound", to)), legend: `to ${legend}` },
    { expression: sum(rate("inbound", from)), legend: `from ${legend}` },
  ];
  const whenEmpty = "no gateway is connected";
  return [
    graph({
      title: "Gateways",
      description: "Other clusters that each server is connected to. The line of a server ends with its last one.",
      unit: Short,
      queries: [{ expression: `count by (pod) (${once(told("configured"), by)})`, legend: "{{pod}}" }],
      whenEmpty,
    }),
    graph({
      title: "Gateway messages",
      description: "What goes to other clusters, and comes from them.",
      unit: MessagesPerSecond,
      queries: bothWays("in_msgs", "out_msgs"),
      whenEmpty,
    }),
    graph({
      title: "Gateway bytes",
      description: "What goes to other clusters, and comes from them.",
      unit: BytesPerSecondIEC,
      queries: bothWays("in_bytes", "out_bytes"),
      whenEmpty,
    }),
    graph({
      title: "Gateway round trip",
      description: "The slowest connection to each other cluster.",
      unit: Seconds,
      width: 12,
      queries: [{ expression: `max by (${by}) (${told("conn_rtt")})`, legend }],
      whenEmpty,
    }),
    graph({
      title: "Gateway backlog",
      description: "Bytes that wait to be sent to each other cluster. They grow when the line is too slow.",
      unit: BytesIEC,
      width: 12,
      queries: [{ expression: sum(told("conn_pending_bytes")), legend }],
      whenEmpty,
    }),
  ];
}

function leafnodePanels(settings: DashboardSettings): Graph[] {
  const told = (name: string) => ofServers(settings, `leafz_conn_${name}`);
  const legend = "{{name}}";
  const whenEmpty = "no leaf node is connected";
  const sum = (expression: string) => `sum by (name) (${once(expression, "name", "account", "ip", "port")})`;
  const bothWays = (what: string) => [
    { expression: sum(rateOf(settings, `leafz_conn_out_${what}`)), legend: `to ${legend}` },
    { expression: sum(rateOf(settings, `leafz_conn_in_${what}`)), legend: `from ${legend}` },
  ];
  return [
    graph({
      title: "Leaf nodes",
      description: "Leaf nodes that are connected to each server.",
      unit: Short,
      width: 6,
      queries: [perServer(told("nodes_total"))],
      isStacked: true,
    }),
    graph({
      title: "Leaf node messages",
      description: "What goes to leaf nodes, and comes from them.",
      unit: MessagesPerSecond,
      width: 6,
      queries: bothWays("msgs"),
      whenEmpty,
    }),
    graph({
      title: "Leaf node bytes",
      description: "What goes to leaf nodes, and comes from them.",
      unit: BytesPerSecondIEC,
      width: 6,
      queries: bothWays("bytes"),
      whenEmpty,
    }),
    graph({
      title: "Leaf node round trip",
      description: "The slowest connection of each leaf node.",
      unit: Seconds,
      width: 6,
      queries: [{ expression: `max by (name) (${told("rtt")})`, legend }],
      whenEmpty,
    }),
  ];
}

/** Connections to other clusters and to sites. */
export const links: Row = {
  title: "Gateways and leaf nodes",
  appliesTo: (settings) => settings.gateways || settings.leafnodes,
  panels: (settings) => [
    ...(settings.gateways ? gatewayPanels(settings) : []),
    ...(settings.leafnodes ? leafnodePanels(settings) : []),
  ],
};
