import type { MonitoringSettings } from "../../config/schema.ts";
import { formatDuration } from "../../config/durations.ts";
import { CLUSTER_LABEL, COMPONENT_LABEL, components, METRIC_PREFIX, SURVEYOR_LABEL } from "../../nats/alerts/series.ts";
import { METRICS_PORT } from "../cluster/exporter.ts";
import { selector } from "../cluster/names.ts";
import type { ManifestArgs } from "../target/index.ts";
import type { Relabeling } from "../target/prometheus-operator.ts";
import { labels, names } from "./names.ts";
import { surveyorName, surveyorSelector } from "./surveyor.ts";
import { systemExporterName, systemExporterSelector } from "./system-exporter.ts";

/** What a PodMonitor is made from. */
export interface PodMonitorSettings {
  readonly region: string;
  /** The servers'. */
  readonly namespace: string;
  readonly podMonitor: MonitoringSettings["podMonitor"];
}

/** How Prometheus scrapes the exporters beside the servers. */
export function serversMonitor(settings: PodMonitorSettings): ManifestArgs["PodMonitor"] {
  const relabelings = [label(CLUSTER_LABEL, settings.region), label(COMPONENT_LABEL, components.server)];
  const drop = withoutMqttConsumers(settings, "stream_name");
  return podMonitor(settings, { name: names.monitor, matchLabels: selector, relabelings, ...drop });
}

/** How Prometheus scrapes the system exporter. */
export function systemMonitor(settings: PodMonitorSettings): ManifestArgs["PodMonitor"] {
  const relabelings = [label(CLUSTER_LABEL, settings.region), label(COMPONENT_LABEL, components.system)];
  return podMonitor(settings, { name: systemExporterName, matchLabels: systemExporterSelector, relabelings });
}

/** How Prometheus scrapes Surveyor. */
export function surveyorMonitor(settings: PodMonitorSettings): ManifestArgs["PodMonitor"] {
  const relabelings = [label(SURVEYOR_LABEL, settings.region)];
  const drop = withoutMqttConsumers(settings, "stream");
  return podMonitor(settings, { name: surveyorName, matchLabels: surveyorSelector, relabelings, ...drop });
}

/** What is scraped, and what is done to its labels. */
interface Scraped {
  readonly name: string;
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly relabelings: Relabeling[];
  readonly metricRelabelings?: Relabeling[];
}

function podMonitor(
  { namespace, podMonitor: { interval, labels: own } }: PodMonitorSettings,
  { name, matchLabels, ...relabelings }: Scraped,
): ManifestArgs["PodMonitor"] {
  const endpoint = {
    port: METRICS_PORT,
    interval: formatDuration(interval),
    scrapeTimeout: formatDuration(scrapeTimeout(interval)),
    ...relabelings,
  };
  return {
    metadata: { name, namespace, labels: { ...labels, ...own } },
    spec: { selector: { matchLabels: { ...matchLabels } }, podMetricsEndpoints: [endpoint] },
  };
}

function label(targetLabel: string, replacement: string): Relabeling {
  return { action: "replace", targetLabel, replacement };
}

/**
 * The server makes a consumer for each subscription with QoS 1 or 2: ten series on each of its replicas.
 * @param streamLabel the label that a stream's name is in
 */
function withoutMqttConsumers(
  { podMonitor: { mqttConsumers } }: PodMonitorSettings,
  streamLabel: string,
): Pick<Scraped, "metricRelabelings"> {
  if (mqttConsumers) return {};
  const regex = `${METRIC_PREFIX}_consumer_.*;\\$MQTT_.*`;
  return { metricRelabelings: [{ action: "drop", sourceLabels: ["__name__", streamLabel], regex }] };
}

/** After how many seconds Prometheus gives a scrape up. It takes none that is longer than the interval. */
export function scrapeTimeout(intervalSeconds: number): number {
  return Math.min(10, intervalSeconds - 1);
}
