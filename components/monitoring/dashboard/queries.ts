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

/** A PromQL expression of a dashboard. */
export interface PanelQuery {
  /** Title of the panel. */
  readonly panel: string;
  /** Letter of the query in the panel. */
  readonly refId: string;
  readonly expression: string;
}

/** Every PromQL expression of a dashboard, with its variables as they stand there. */
export function queriesOf(dashboard: string): PanelQuery[] {
  return dashboardSchema
    .parse(JSON.parse(dashboard))
    .panels.filter(({ datasource }) => datasource?.type === "prometheus")
    .flatMap(({ title, targets }) => targets.map(({ refId, expr }) => ({ panel: title, refId, expression: expr })));
}
