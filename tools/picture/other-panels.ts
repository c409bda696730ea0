import { timeAxis, xOf, type Size } from "./graph.ts";
import { colourNamed, escaped, legend } from "./html.ts";
import { fieldsOf, type DrawnPanel } from "./panel.ts";
import { lastOf, type Line, type Span } from "./series.ts";
import { withUnit } from "./units.ts";

/** Bars of the state that each line was in. */
export function statesSvg(panel: DrawnPanel, lines: readonly Line[], span: Span, size: Size): string {
  const states = fieldsOf(panel).mappings[0]?.options ?? {};
  const x = xOf(span, size);
  const height = (size.height - 22) / Math.max(1, lines.length);
  const bars = lines.map(({ name, points }, index) => {
    const y = 2 + index * height;
    const parts = points.map(([time, value]) => {
      const colour = colourNamed(states[String(value)]?.color ?? "gray");
      const width = x(time + span.step) - x(time) + 0.3;
      return `<rect x="${x(time).toFixed(1)}" y="${(y + 1).toFixed(1)}" width="${width.toFixed(1)}" height="${(height - 3).toFixed(1)}" fill="${colour}"/>`;
    });
    return `<text x="4" y="${(y + height / 2 + 3).toFixed(1)}">${escaped(name)}</text>${parts.join("")}`;
  });
  const names = Object.values(states).map(({ text, color }) => ({ name: text, colour: colourNamed(color) }));
  return `<svg width="${size.width}" height="${size.height}">${bars.join("")}${timeAxis(span, size)}</svg>${legend(names)}`;
}

/** The values of now, large. */
export function figureHtml(panel: DrawnPanel, lines: readonly Line[], span: Span): string {
  const { unit, thresholds } = fieldsOf(panel);
  const isName = panel.options.textMode === "name";
  const now = lines.flatMap((line) => {
    const value = lastOf(line, span);
    if (value === undefined) return [];
    const colour = thresholds.steps.findLast(({ value: from }) => from === null || value >= from)?.color ?? "green";
    const text = isName ? line.name : withUnit(value, unit);
    return [`<span style="color:${colourNamed(colour)}">${escaped(text)}</span>`];
  });
  return `<div class="fill figure${now.length > 1 ? " many" : ""}">${now.join("")}</div>`;
}

/** One row for each combination of labels, one column for each query. */
export function tableHtml(panel: DrawnPanel, columns: readonly (readonly Line[])[], span: Span): string {
  const names = panel.transformations.flatMap(({ options }) => Object.entries(options.renameByName ?? {}));
  const labels = names.filter(([field]) => !field.startsWith("Value #"));
  const titles = names.filter(([field]) => field.startsWith("Value #")).map(([, title]) => title);
  const units = titles.map((title) => {
    const override = panel.fieldConfig?.overrides.find(({ matcher }) => matcher.options === title);
    return override?.properties.find(({ id }) => id === "unit")?.value ?? "short";
  });
  const rows = new Map<string, string[]>();
  for (const [column, lines] of columns.entries()) {
    for (const line of lines) {
      const value = lastOf(line, span);
      if (value === undefined) continue;
      const key = labels.map(([label]) => line.labels[label] ?? "");
      const row = rows.get(key.join("\0")) ?? [...key, ...titles.map(() => "")];
      row[key.length + column] = withUnit(value, units[column] ?? "short");
      rows.set(key.join("\0"), row);
    }
  }
  const cells = (values: readonly string[], tag: string) =>
    `<tr>${values.map((value) => `<${tag}>${escaped(value)}</${tag}>`).join("")}</tr>`;
  const body = [...rows.entries()].sort(([one], [two]) => (one < two ? -1 : 1)).map(([, row]) => cells(row, "td"));
  return `<table>${cells([...labels.map(([, title]) => title), ...titles], "th")}${body.join("")}</table>`;
}
