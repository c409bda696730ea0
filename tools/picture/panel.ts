import { z } from "zod";

const mappingSchema = z.object({
  options: z.record(z.string(), z.object({ text: z.string().default(""), color: z.string().default("gray") })),
});

/** What is drawn of a panel in a dashboard's JSON. */
const panelSchema = z.object({
  type: z.string(),
  title: z.string(),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  targets: z.array(z.object({ expr: z.string(), legendFormat: z.string().default("") })).default([]),
  options: z.object({ textMode: z.string().optional() }).default({}),
  fieldConfig: z
    .object({
      defaults: z.object({
        unit: z.string().default("short"),
        noValue: z.string().default("no data"),
        custom: z.object({ stacking: z.object({ mode: z.string() }).optional() }).default({}),
        mappings: z.array(mappingSchema).default([]),
        thresholds: z
          .object({ steps: z.array(z.object({ value: z.number().nullable(), color: z.string() })) })
          .default({ steps: [] }),
      }),
      overrides: z
        .array(
          z.object({
            matcher: z.object({ options: z.unknown() }),
            properties: z.array(z.object({ id: z.string(), value: z.string() })),
          }),
        )
        .default([]),
    })
    .optional(),
  transformations: z
    .array(z.object({ options: z.object({ renameByName: z.record(z.string(), z.string()).optional() }) }))
    .default([]),
});

const dashboardSchema = z.object({ title: z.string(), panels: z.array(panelSchema) });

/** A panel, or the heading of a row. */
export type DrawnPanel = z.infer<typeof panelSchema>;

/** Reads a dashboard's JSON. */
export function readDashboard(text: string): z.infer<typeof dashboardSchema> {
  return dashboardSchema.parse(JSON.parse(text));
}

/** The defaults of a panel's fields. A heading has none. */
export function fieldsOf({ fieldConfig, title }: DrawnPanel): NonNullable<DrawnPanel["fieldConfig"]>["defaults"] {
  if (fieldConfig === undefined) throw new Error(`${title} has no fieldConfig`);
  return fieldConfig.defaults;
}
