import type { MonitoringSettings } from "../../config/schema.ts";
import { formatDuration } from "../../config/durations.ts";
import { CLUSTER_LABEL, COMPONENT_LABEL, components, METRIC_PREFIX } from "../../nats/alerts/series.ts";
import { METRICS_PORT } from "../cluster/exporter.ts";
import { selector } from "../cluster/names.ts";
import type { ManifestArgs } from "../target/index.ts";
import type { Relabeling } from "../target/prometheus-operator.ts";
import { labels, names, systemSelector } from "./names.ts";

/** What a PodMonitor is made from. */
export interface PodMonitorSettings {
  readonly region: string;
  /** The servers'. */
  readonly namespace: string;
  readonly podMonitor: MonitoringSettings["podMonitor"];
}

/** How Prometheus scrapes the exporters beside the servers. */
export function serversMonitor(settings: PodMonitorSettings): ManifestArgs["PodMonitor"] {
  const drop = settings.podMonitor.mqttConsumers ? {} : { metricRelabelings: [withoutMqttConsumers] };
  return podMonitor(settings, names.monitor, selector, components.server, drop);
}

/** How Prometheus scrapes the system exporter. */
export function systemMonitor(settings: PodMonitorSettings): ManifestArgs["PodMonitor"] {
  return podMonitor(settings, names.systemMonitor, systemSelector, components.system);
}

function podMonitor(
  { region, namespace, podMonitor: { interval, labels: own } }: PodMonitorSettings,
  name: string,
  matchLabels: Record<string, string>,
  component: string,
  more: { metricRelabelings?: Relabeling[] } = {},
): ManifestArgs["PodMonitor"] {
  const endpoint = {
    port: METRICS_PORT,
    interval: formatDuration(interval),
    scrapeTimeout: formatDuration(scrapeTimeout(interval)),
    relabelings: [label(CLUSTER_LABEL, region), label(COMPONENT_LABEL, component)],
    ...more,
  };
  return {
    metadata: { name, namespace, labels: { ...labels, ...own } },
    spec: { selector: { matchLabels: { ...matchLabels } }, podMetricsEndpoints: [endpoint] },
  };
}

function label(targetLabel: string, replacement: string): Relabeling {
  return { action: "replace", targetLabel, replacement };
}

/** The server makes a consumer for each subscription with QoS 1 or 2: ten series on each of its replicas. */
const withoutMqttConsumers: Relabeling = {
  action: "drop",
  sourceLabels: ["__name__", "stream_name"],
  regex: `${METRIC_PREFIX}_consumer_.*;\\$MQTT_.*`,
};

/** Prometheus takes none that is longer than the interval. */
function scrapeTimeout(intervalSeconds: number): number {
  return Math.min(10, intervalSeconds - 1);
}
