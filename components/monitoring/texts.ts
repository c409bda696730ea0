import { CLUSTER_LABEL } from "../../nats/alerts/series.ts";
import type { RegionAlert } from "../../nats/alerts/table.ts";

/** Labels of an alert, by which it is routed. What is aggregated over servers has lost the region's name. */
export function alertLabels({ severity }: RegionAlert, region: string): Record<string, string> {
  return { severity, [CLUSTER_LABEL]: region };
}

/** What an alert tells people. Prometheus and Grafana both fill in `{{ $labels.pod }}`. */
export function alertAnnotations(alert: RegionAlert, runbooks: string | undefined): Record<string, string> {
  const { name, summary, description } = alert;
  const address = runbooks?.replace(/\/+$/, "");
  return {
    summary,
    description,
    runbook: `docs/runbooks/${name}.md`,
    ...(address === undefined ? {} : { runbook_url: `${address}/${name}.md` }),
  };
}
