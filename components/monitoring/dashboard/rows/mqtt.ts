import { Short } from "@grafana/grafana-foundation-sdk/units";
import { mqttStream, systemSeries } from "../../../../nats/alerts/series.ts";
import { graph, type Panel, type Row } from "../panel.ts";
import type { DashboardSettings } from "../settings.ts";
import { ofAccounts } from "../told.ts";

const by = "account_name";
const legend = "{{account_name}}";
const whenEmpty = "no MQTT client so far";

/** A stream in which the servers keep what MQTT needs. */
function ofMqtt(settings: DashboardSettings, stream: Parameters<typeof mqttStream>[0], name: string): string {
  const matchers = [mqttStream(stream), 'is_stream_leader="true"'];
  return `max by (${by}) (${ofAccounts(settings, `stream_${name}`, ...matchers)})`;
}

const bridges = (settings: DashboardSettings): Panel => ({
  kind: "states",
  title: "Bridges",
  description: "Whether each bridge of the region is connected.",
  unit: Short,
  width: 24,
  queries: [
    {
      expression: `clamp_max(max by (client_id) (${systemSeries(settings, "mqtt_client_connections")}), 1)`,
      legend: "{{client_id}}",
    },
  ],
  states: { 0: { text: "not connected", colour: "red" }, 1: { text: "connected", colour: "green" } },
  whenEmpty: "no bridges",
});

/** What MQTT clients leave behind in streams: no exporter tells of their connections. */
export const mqtt: Row = {
  title: "MQTT",
  appliesTo: (settings) => settings.streams !== "none",
  panels: (settings) => [
    graph({
      title: "Sessions",
      description: "Sessions that are kept, those of clients that are away among them.",
      unit: Short,
      width: 6,
      queries: [{ expression: ofMqtt(settings, "sess", "total_messages"), legend }],
      whenEmpty,
    }),
    graph({
      title: "Subscriptions with QoS 1 and 2",
      description: "Each is a consumer of its own.",
      unit: Short,
      width: 6,
      queries: [{ expression: ofMqtt(settings, "msgs", "consumer_count"), legend }],
      whenEmpty,
    }),
    graph({
      title: "Messages that wait",
      description: "Messages with QoS 1 and 2 that some subscriber has not acknowledged yet.",
      unit: Short,
      width: 6,
      queries: [{ expression: ofMqtt(settings, "msgs", "total_messages"), legend }],
      whenEmpty,
    }),
    graph({
      title: "Retained messages",
      description: "Topics with a message that every new subscriber gets.",
      unit: Short,
      width: 6,
      queries: [{ expression: ofMqtt(settings, "rmsgs", "total_messages"), legend }],
      whenEmpty,
    }),
    ...(settings.hasSystemExporter ? [bridges(settings)] : []),
  ],
};
