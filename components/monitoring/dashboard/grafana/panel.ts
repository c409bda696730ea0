import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import type { Panel as GrafanaPanel } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Placed } from "../layout.ts";
import type { Panel } from "../panel.ts";
import { figurePanel, graphPanel, logRatePanel, logsPanel, statesPanel } from "./panels.ts";
import { lokiOf, prometheusOf, type Sources } from "./queries.ts";
import { tablePanel } from "./table.ts";

function drawn(panel: Panel, sources: Sources): Builder<GrafanaPanel> {
  switch (panel.kind) {
    case "graph":
      return graphPanel(panel, sources);
    case "figure":
      return figurePanel(panel, sources);
    case "states":
      return statesPanel(panel, sources);
    case "table":
      return tablePanel(panel, sources);
    case "logs":
      return logsPanel(panel, sources);
    case "log-rate":
      return logRatePanel(panel, sources);
  }
}

/** What Grafana makes of a panel, with what all panels have in common. */
export function grafanaPanel(panel: Panel, { id, x, y, w, h }: Placed, sources: Sources): GrafanaPanel {
  const { fieldConfig, ...built } = drawn(panel, sources).build();
  const { title, description, unit, whenEmpty } = panel;
  const isOfLogs = panel.kind === "logs" || panel.kind === "log-rate";
  return {
    ...built,
    ...{ id, title, description, gridPos: { x, y, w, h } },
    datasource: isOfLogs ? lokiOf(sources) : prometheusOf(sources),
    fieldConfig: {
      overrides: fieldConfig?.overrides ?? [],
      defaults: { ...fieldConfig?.defaults, unit, ...(whenEmpty === undefined ? {} : { noValue: whenEmpty }) },
    },
  };
}
