import type { KubeletSeries } from "../../../nats/alerts/alert.ts";
import type { ExporterSettings } from "../../../nats/exporter.ts";

/** What the dashboard of a region follows from. It has rows for what the region's exporters tell, and no others. */
export interface DashboardSettings extends ExporterSettings {
  /** Name of the region. Every series of it has this as its label `nats_cluster`. */
  readonly region: string;
  /** Whether there are several servers, which have a leader, peers and replicas. */
  readonly isClustered: boolean;
  /** Uid of Grafana's Prometheus data source. */
  readonly dataSource: string;
  /** Seconds between two scrapes of the region's exporters. */
  readonly scrapeSeconds: number;
  /** Whether the system exporter runs: what only the system account can tell. */
  readonly hasSystemExporter: boolean;
  /** What kubelets' series of the servers' volumes are found by. Absent: no panel of volumes. */
  readonly kubelet?: KubeletSeries | undefined;
  /** Uid of a Loki data source with the servers' logs. Absent: no row of logs. */
  readonly lokiUid?: string | undefined;
}
