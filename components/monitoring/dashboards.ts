import type { MonitoringSettings, NatsSettings } from "../../config/schema.ts";
import type { ManifestArgs } from "../target/index.ts";
import { dashboardJson } from "./dashboard/dashboard.ts";
import { grafanaImport, grafanaName, type GrafanaSettings } from "./grafana/settings.ts";
import { labels, names } from "./names.ts";

/** What of the servers is known to their dashboard. */
type Watched = Pick<NatsSettings, "namespace" | "replicas">;

/** The dashboard for the Grafana operator. */
export function grafanaDashboard(
  region: string,
  nats: Watched,
  monitoring: MonitoringSettings,
  grafana: GrafanaSettings,
): ManifestArgs["GrafanaDashboard"] {
  return {
    metadata: { name: grafanaName(names.dashboard, grafana), namespace: nats.namespace, labels },
    spec: {
      ...grafanaImport(grafana),
      folderRef: grafanaName(names.folder, grafana),
      json: textOf(region, nats, monitoring, grafana.dataSource),
    },
  };
}

/** The dashboard for a Grafana whose sidecar collects ConfigMaps. */
export function dashboardConfigMap(
  region: string,
  nats: Watched,
  monitoring: MonitoringSettings,
  wanted: NonNullable<MonitoringSettings["dashboardConfigMap"]>,
): ManifestArgs["ConfigMap"] {
  return {
    metadata: {
      // In a namespace of others there may be those of several regions.
      name: wanted.namespace === undefined ? names.dashboardConfigMap : `${names.dashboardConfigMap}-${region}`,
      namespace: wanted.namespace ?? nats.namespace,
      labels: { ...labels, ...wanted.labels },
    },
    // The sidecar puts all files into one folder: two regions must not have the same.
    data: { [`nats-${region}.json`]: textOf(region, nats, monitoring, wanted.dataSource) },
  };
}

function textOf(
  region: string,
  { namespace, replicas }: Watched,
  { exporter, kubelet, system, grafana, podMonitor }: MonitoringSettings,
  dataSource: string,
): string {
  const { streams, accounts, gateways, leafnodes } = exporter;
  return dashboardJson({
    ...{ region, dataSource, streams, accounts, gateways, leafnodes },
    isClustered: replicas > 1,
    scrapeSeconds: podMonitor.interval,
    hasSystemExporter: system !== undefined,
    kubelet: kubelet && { namespace, labels: kubelet.labels },
    lokiUid: grafana?.loki,
  });
}
