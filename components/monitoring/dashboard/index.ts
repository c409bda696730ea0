import { grafanaUid } from "../grafana/uid.ts";

/** What the dashboard of a region shows, and where it asks. */
export interface DashboardSettings {
  readonly region: string;
  /** Uid of the Prometheus data source. */
  readonly dataSource: string;
  readonly streams: "none" | "streams" | "consumers";
  readonly accounts: boolean;
  readonly gateways: boolean;
  readonly leafnodes: boolean;
  readonly hasSystemExporter: boolean;
  /** Uid of a Loki data source with the servers' logs. */
  readonly lokiUid?: string | undefined;
}

/** The dashboard of a region, as Grafana reads it. */
export function dashboardJson({ region }: DashboardSettings): string {
  return JSON.stringify({ uid: grafanaUid("nats", region), title: `NATS ${region}`, panels: [] }, undefined, 2);
}
