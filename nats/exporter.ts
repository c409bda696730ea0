import { METRIC_PREFIX } from "./alerts/series.ts";

/** What the exporter beside a server is to tell. */
export interface ExporterSettings {
  readonly streams: "none" | "streams" | "consumers";
  readonly accounts: boolean;
  readonly gateways: boolean;
  readonly leafnodes: boolean;
}

/** Port on which the exporter is scraped. */
export const exporterPort = 7777;

/**
 * Arguments of prometheus-nats-exporter 0.20. The address comes last: Go's flags end at the first argument that is none.
 *
 * The servers' own names become the label `server_id`. Until it knows the name the exporter does not listen, and it asks again after 30
 * seconds unless told otherwise, so that a restarted server would count as down for that long.
 */
export function exporterArguments(settings: ExporterSettings, monitorUrl: string, port = exporterPort): string[] {
  return [
    `-port=${String(port)}`,
    "-ri=1",
    ...["-varz", "-connz", "-routez", "-subz", "-healthz"],
    // Who leads JetStream is told with `accounts`, which is the least that there is.
    `-jsz=${settings.streams === "none" ? "accounts" : settings.streams}`,
    ...(settings.accounts ? ["-accstatz"] : []),
    ...(settings.gateways ? ["-gatewayz"] : []),
    ...(settings.leafnodes ? ["-leafz"] : []),
    "-use_internal_server_name",
    `-prefix=${METRIC_PREFIX}`,
    monitorUrl,
  ];
}
