import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../run.ts";
import { filledIn } from "./filled-in.ts";
import { graphSvg } from "./graph.ts";
import { escaped, page } from "./html.ts";
import { figureHtml, statesSvg, tableHtml } from "./other-panels.ts";
import { fieldsOf, readDashboard, type DrawnPanel } from "./panel.ts";
import { linesOf, type Line, type Span } from "./series.ts";

/** What is drawn, and of what. */
export interface Drawing {
  /** The dashboard's JSON. */
  readonly dashboard: string;
  /** Address of Prometheus. */
  readonly prometheus: string;
  /** The PNG that is written. */
  readonly file: string;
  readonly scrapeSeconds: number;
  /** End of the time that is shown, in seconds since 1970, and its length. */
  readonly end: number;
  readonly seconds: number;
}

const pageWidth = 1500;
const column = pageWidth / 24;
const rowHeight = 24;
const gap = 6;
/** What title and legend take of a panel's height. */
const around = 52;

/** Draws a dashboard in a plain manner of its own: what Grafana would ask for, at the places where Grafana would show it. */
export async function drawDashboard({ dashboard, prometheus, file, ...time }: Drawing): Promise<void> {
  const { title, panels } = readDashboard(dashboard);
  const span = { start: time.end - time.seconds, end: time.end, step: time.scrapeSeconds };
  const drawn: string[] = [];
  for (const panel of panels) drawn.push(await drawnPanel(panel, prometheus, span));
  const height = Math.max(...panels.map(({ gridPos: { y, h } }) => y + h)) * rowHeight + gap;
  const folder = mkdtempSync(join(tmpdir(), "nats-platform-picture-"));
  const html = join(folder, "dashboard.html");
  writeFileSync(html, page(title, pageWidth, height, drawn.join("\n")));
  const size = `--window-size=${String(pageWidth)},${String(height)}`;
  const args = ["--headless", "--no-sandbox", "--hide-scrollbars", "--disable-gpu", size, `--screenshot=${file}`];
  const { code, stderr } = await run("chromium", [...args, `--user-data-dir=${join(folder, "profile")}`, html], {
    cwd: folder,
    timeoutMs: 60_000,
  });
  if (code !== 0) throw new Error(`chromium took no picture:\n${stderr}`);
  rmSync(folder, { recursive: true });
}

async function drawnPanel(panel: DrawnPanel, prometheus: string, span: Span): Promise<string> {
  const { x, y, w, h } = panel.gridPos;
  const size = { width: Math.round(w * column - gap), height: h * rowHeight - gap };
  const place = `left:${Math.round(x * column + gap / 2)}px;top:${y * rowHeight + gap}px;width:${size.width}px;height:${size.height}px`;
  if (panel.type === "row") return `<div class="row" style="${place}">${escaped(panel.title)}</div>`;
  const knowledge = { scrapeSeconds: span.step, stepSeconds: span.step };
  const queries: Line[][] = [];
  for (const { expr, legendFormat } of panel.targets) {
    queries.push(await linesOf(prometheus, filledIn(expr, knowledge), legendFormat, span));
  }
  const inner = { width: size.width - 2, height: size.height - around };
  const content = queries.flat().length === 0 ? emptyHtml(panel) : contentOf(panel, queries, span, inner);
  return `<div class="panel" style="${place}"><h2>${escaped(panel.title)}</h2>${content}</div>`;
}

function contentOf(panel: DrawnPanel, queries: readonly Line[][], span: Span, size: { width: number; height: number }) {
  const { unit, custom } = fieldsOf(panel);
  // The legend has room for a few names: for those of the highest lines.
  const last = ({ points }: Line) => points.at(-1)?.[1] ?? 0;
  const all = queries.flat();
  const lines = all.length > 8 ? all.toSorted((one, two) => last(two) - last(one)) : all;
  switch (panel.type) {
    case "stat":
      return figureHtml(panel, lines, span);
    case "table":
      return tableHtml(panel, queries, span);
    case "state-timeline":
      return statesSvg(panel, lines, span, size);
    default:
      return graphSvg(lines, unit, custom.stacking?.mode === "normal", span, size);
  }
}

function emptyHtml(panel: DrawnPanel): string {
  return `<div class="fill none">${escaped(fieldsOf(panel).noValue)}</div>`;
}
