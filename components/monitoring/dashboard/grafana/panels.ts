import { PanelBuilder as LogsBuilder } from "@grafana/grafana-foundation-sdk/logs";
import { PanelBuilder as StateTimelineBuilder } from "@grafana/grafana-foundation-sdk/statetimeline";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeSeriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  LegendDisplayMode,
  LegendPlacement,
  LogsSortOrder,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { Colours, Figure, Graph, Logs, States } from "../panel.ts";
import { logQuery, promQuery, type Sources } from "./queries.ts";

function legend(isShown: boolean): VizLegendOptionsBuilder {
  return new VizLegendOptionsBuilder()
    .showLegend(isShown)
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom);
}

function thresholds(colours: Colours): ThresholdsConfigBuilder {
  const steps = colours.map(([value, color]) => ({ value, color }));
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([{ value: null, color: "green" }, ...steps]);
}

function lines(): TimeSeriesBuilder {
  return new TimeSeriesBuilder()
    .lineWidth(1)
    .fillOpacity(10)
    .showPoints(VisibilityMode.Never)
    .axisSoftMin(0)
    .legend(legend(true))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi));
}

/** Lines over time. */
export function graphPanel({ queries, isStacked = false, max }: Graph, sources: Sources): TimeSeriesBuilder {
  const builder = lines().targets(queries.map((query, index) => promQuery(query, index, sources)));
  if (isStacked) builder.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
  if (max !== undefined) builder.max(max);
  return builder;
}

/** How many lines of the log there are. */
export function logRatePanel({ queries }: Logs, sources: Sources): TimeSeriesBuilder {
  return lines().targets(queries.map((query, index) => logQuery(query, index, sources)));
}

/** Lines of the log. */
export function logsPanel({ queries }: Logs, sources: Sources): LogsBuilder {
  return new LogsBuilder()
    .showTime(true)
    .wrapLogMessage(true)
    .sortOrder(LogsSortOrder.Descending)
    .targets(queries.map((query, index) => logQuery(query, index, sources)));
}

/** The value of now. */
export function figurePanel({ queries, showsNames = false, colours = [] }: Figure, sources: Sources): StatBuilder {
  return new StatBuilder()
    .textMode(showsNames ? BigValueTextMode.Name : BigValueTextMode.Auto)
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
    .thresholds(thresholds(colours))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .targets(queries.map((query, index) => promQuery(query, index, sources, "now")));
}

/** Which state each line was in. */
export function statesPanel({ queries, states }: States, sources: Sources): StateTimelineBuilder {
  const options = Object.entries(states).map(([value, { text, colour }], index) => {
    return [value, { text, color: colour, index }] as const;
  });
  return new StateTimelineBuilder()
    .mappings([{ type: MappingType.ValueToText, options: Object.fromEntries(options) }])
    .showValue(VisibilityMode.Never)
    .rowHeight(0.8)
    .legend(legend(true))
    .targets(queries.map((query, index) => promQuery(query, index, sources)));
}
