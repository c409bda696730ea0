import type { MonitoringSettings } from "../../config/schema.ts";
import type { ManifestArgs } from "../target/index.ts";
import { dashboardJson } from "./dashboard/dashboard.ts";
import { grafanaImport, grafanaName, type GrafanaSettings } from "./grafana/settings.ts";
import { labels, names } from "./names.ts";

/** The dashboard for the Grafana operator. */
export function grafanaDashboard(
  region: string,
  namespace: string,
  monitoring: MonitoringSettings,
  grafana: GrafanaSettings,
): ManifestArgs["GrafanaDashboard"] {
  return {
    metadata: { name: grafanaName(names.dashboard, grafana), namespace, labels },
    spec: {
      ...grafanaImport(grafana),
      folderRef: grafanaName(names.folder, grafana),
      json: textOf(region, namespace, monitoring, grafana.dataSource),
    },
  };
}

/** The dashboard for a Grafana whose sidecar collects ConfigMaps. */
export function dashboardConfigMap(
  region: string,
  namespace: string,
  monitoring: MonitoringSettings,
  wanted: NonNullable<MonitoringSettings["dashboardConfigMap"]>,
): ManifestArgs["ConfigMap"] {
  return {
    metadata: {
      // In a namespace of others there may be those of several regions.
      name: wanted.namespace === undefined ? names.dashboardConfigMap : `${names.dashboardConfigMap}-${region}`,
      namespace: wanted.namespace ?? namespace,
      labels: { ...labels, ...wanted.labels },
    },
    // The sidecar puts all files into one folder: two regions must not have the same.
    data: { [`nats-${region}.json`]: textOf(region, namespace, monitoring, wanted.dataSource) },
  };
}

function textOf(
  region: string,
  namespace: string,
  { exporter, kubelet, system, grafana }: MonitoringSettings,
  dataSource: string,
): string {
  const { streams, accounts, gateways, leafnodes } = exporter;
  return dashboardJson({
    ...{ region, dataSource, streams, accounts, gateways, leafnodes },
    hasSystemExporter: system !== undefined,
    kubelet: kubelet && { namespace, labels: kubelet.labels },
    lokiUid: grafana?.loki,
  });
}
