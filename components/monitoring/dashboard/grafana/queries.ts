import { DataqueryBuilder as LokiBuilder } from "@grafana/grafana-foundation-sdk/loki";
import { DataqueryBuilder as PrometheusBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import type { Query } from "../panel.ts";

/** Where panels get their data from: uids of Grafana's data sources, and how often there is something new in Prometheus. */
export interface Sources {
  readonly prometheus: string;
  readonly loki?: string | undefined;
  readonly scrapeSeconds: number;
}

/** How a panel names its Prometheus data source. */
export function prometheusOf({ prometheus }: Sources): { type: string; uid: string } {
  return { type: "prometheus", uid: prometheus };
}

/** How a panel names its Loki data source. */
export function lokiOf({ loki = "" }: Sources): { type: string; uid: string } {
  return { type: "loki", uid: loki };
}

/** Letter by which a panel's other parts refer to a query. */
export function refId(index: number): string {
  return String.fromCharCode("A".charCodeAt(0) + index);
}

/** A query over the time that is shown, or of its end alone: as one value for each series, or as rows of a table. */
export function promQuery(
  { expression, legend }: Query,
  index: number,
  sources: Sources,
  what: "time" | "now" | "rows" = "time",
): PrometheusBuilder {
  const builder = new PrometheusBuilder()
    .refId(refId(index))
    .datasource(prometheusOf(sources))
    .expr(expression)
    .legendFormat(legend)
    // From this Grafana takes $__rate_interval; from its data source, which may be others' as well, only where this is not said.
    .interval(`${String(sources.scrapeSeconds)}s`)
    .format(what === "rows" ? PromQueryFormat.Table : PromQueryFormat.TimeSeries);
  return what === "time" ? builder.range() : builder.instant();
}

/** A LogQL query over the time that is shown. */
export function logQuery({ expression, legend }: Query, index: number, sources: Sources): LokiBuilder {
  return new LokiBuilder()
    .refId(refId(index))
    .datasource(lokiOf(sources))
    .expr(expression)
    .legendFormat(legend)
    .queryType("range");
}
