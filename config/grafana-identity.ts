import type { MonitoringSettings } from "./schema.ts";

/** Which Grafana alerts and dashboards go to, as far as can be known here: that with these labels. Equal texts are the same one. */
export function grafanaIdentity({
  instanceSelector,
}: Pick<NonNullable<MonitoringSettings["grafana"]>, "instanceSelector">): string {
  return JSON.stringify(Object.entries(instanceSelector).sort());
}

/** What somebody is told whose regions have a Grafana each, and labels that do not say so. */
export const anotherGrafana = "another Grafana has another instanceSelector";
