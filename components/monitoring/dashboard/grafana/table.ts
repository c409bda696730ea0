import { PanelBuilder } from "@grafana/grafana-foundation-sdk/table";
import type { Table } from "../panel.ts";
import { promQuery, refId, type Sources } from "./queries.ts";

/** One table of several queries: Grafana calls the value of each `Value #A` and so on, and joins the rows whose labels are equal. */
export function tablePanel({ labels, columns }: Table, sources: Sources): PanelBuilder {
  const value = (index: number) => `Value #${refId(index)}`;
  const headings = columns.map(({ title }, index) => [value(index), title] as const);
  const order = [...Object.keys(labels), ...headings.map(([field]) => field)];
  const builder = new PanelBuilder()
    .targets(columns.map(({ expression }, index) => promQuery({ expression, legend: "" }, index, sources, "rows")))
    .withTransformation({ id: "merge", options: {} })
    .withTransformation({
      id: "organize",
      options: {
        excludeByName: { Time: true },
        indexByName: Object.fromEntries(order.map((field, index) => [field, index])),
        renameByName: { ...labels, ...Object.fromEntries(headings) },
      },
    });
  for (const { title, unit } of columns) builder.overrideByName(title, [{ id: "unit", value: unit }]);
  return builder;
}
