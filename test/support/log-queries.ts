import assert from "node:assert/strict";
import { dashboardJson } from "../../components/monitoring/dashboard/dashboard.ts";
import { authenticationErrorsInLogs } from "../../nats/alerts/logs.ts";
import { watchedRegion } from "./alert-table.ts";
import { queriesOf } from "./dashboard-queries.ts";

const dashboard = dashboardJson({
  ...{ region: watchedRegion.region, dataSource: "prometheus", scrapeSeconds: 15, lokiUid: "loki" },
  ...{
    streams: "consumers",
    accounts: true,
    gateways: true,
    leafnodes: true,
    hasSystemExporter: true,
    isClustered: true,
  },
});

/** All LogQL that this program writes, by what it is for: of the alert, and of each panel that asks Loki. */
export function logQueries(): Record<string, string> {
  const alert = authenticationErrorsInLogs(watchedRegion, "nats");
  assert.ok(alert);
  const panels = queriesOf(dashboard, "loki").map(({ panel, expression }) => [panel, expression] as const);
  return Object.fromEntries([[alert.name, alert.value] as const, ...panels]);
}
