/** Text as HTML and SVG have it. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

const palette = [
  "#3b7ddd",
  "#e0752d",
  "#2f9e62",
  "#b04fc4",
  "#d3405c",
  "#8a7a1f",
  "#1d9aa8",
  "#6a5acd",
  "#777",
] as const;
const named: Readonly<Record<string, string>> = {
  green: "#2f9e62",
  orange: "#e0752d",
  red: "#d3405c",
  blue: "#3b7ddd",
};

/** Colour of the line with this number. */
export function lineColour(index: number): string {
  return palette[index % palette.length] ?? "#777";
}

/** What Grafana's name of a colour looks like here. */
export function colourNamed(name: string): string {
  return named[name] ?? name;
}

/** Names beside a colour each, in one line that is cut off where it is too long. */
export function legend(entries: readonly { readonly name: string; readonly colour: string }[]): string {
  const items = entries.map(({ name, colour }) => `<span><i style="background:${colour}"></i>${escaped(name)}</span>`);
  return `<div class="legend">${items.join("")}</div>`;
}

/** The whole page. */
export function page(title: string, width: number, height: number, body: string): string {
  return `<!doctype html><meta charset="utf-8"><title>${escaped(title)}</title><style>
body { margin: 0; background: #f4f5f7; font: 12px "DejaVu Sans", sans-serif; color: #222; width: ${width}px; height: ${height}px; position: relative }
.row { position: absolute; font-weight: bold; font-size: 14px; padding-left: 4px; display: flex; align-items: end }
.panel { position: absolute; background: #fff; border: 1px solid #dcdfe4; border-radius: 3px; overflow: hidden; box-sizing: border-box; display: flex; flex-direction: column }
.panel h2 { font-size: 12px; margin: 5px 8px 2px; white-space: nowrap }
.fill { flex: 1; min-height: 0; display: flex; align-items: center; justify-content: center }
.figure { font-size: 24px; gap: 14px } .figure.many { font-size: 15px; flex-wrap: wrap } .none { color: #888; font-size: 13px }
.legend { margin: 0 8px 5px; height: 15px; font-size: 10.5px; overflow: hidden; display: flex; gap: 10px; flex-wrap: wrap }
.legend span { white-space: nowrap } .legend i { display: inline-block; width: 10px; height: 4px; margin: 0 4px 2px 0 }
table { border-collapse: collapse; width: calc(100% - 16px); margin: 2px 8px; font-size: 11px } td, th { text-align: left; padding: 2px 6px; border-bottom: 1px solid #eee }
svg text { font-size: 10px; fill: #666 } svg { display: block }
</style>${body}`;
}
