import { z } from "zod";

const dashboardSchema = z.object({
  panels: z.array(
    z.object({
      title: z.string(),
      datasource: z.object({ type: z.string() }).optional(),
      targets: z.array(z.object({ refId: z.string(), expr: z.string() })).default([]),
    }),
  ),
});

/** An expression of a dashboard. */
export interface PanelQuery {
  /** Title of the panel. */
  readonly panel: string;
  /** Letter of the query in the panel. */
  readonly refId: string;
  readonly expression: string;
}

/** Every expression of a dashboard, PromQL or LogQL, with its variables as they stand there. */
export function queriesOf(dashboard: string, source: "prometheus" | "loki" = "prometheus"): PanelQuery[] {
  return dashboardSchema
    .parse(JSON.parse(dashboard))
    .panels.filter(({ datasource }) => datasource?.type === source)
    .flatMap(({ title, targets }) => targets.map(({ refId, expr }) => ({ panel: title, refId, expression: expr })));
}

const choicesSchema = z.object({
  templating: z.object({
    list: z.array(z.object({ name: z.string(), query: z.object({ query: z.string() }) })),
  }),
});

/** A variable of a dashboard: the values of a label on series. */
export interface Choice {
  readonly name: string;
  readonly series: string;
  readonly label: string;
}

/** What can be chosen on a dashboard. */
export function choicesOf(dashboard: string): Choice[] {
  return choicesSchema.parse(JSON.parse(dashboard)).templating.list.map(({ name, query: { query } }) => {
    const { series = "", label = "" } = /^label_values\((?<series>.*), (?<label>\w+)\)$/.exec(query)?.groups ?? {};
    return { name, series, label };
  });
}
