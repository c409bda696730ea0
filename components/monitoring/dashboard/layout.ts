import type { Panel, Row } from "./panel.ts";
import type { DashboardSettings } from "./settings.ts";

/** Place on Grafana's grid, which is 24 wide. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** A panel or a heading at its place. */
export type Placed = Place & { readonly id: number } & ({ readonly panel: Panel } | { readonly heading: string });

const gridWidth = 24;
const headingHeight = 1;
const heights: Readonly<Record<Panel["kind"], number>> = {
  figure: 4,
  graph: 8,
  states: 6,
  table: 9,
  logs: 10,
  "log-rate": 6,
};

/**
 * Puts the rows that a region has under each other, and the panels of each beside each other as far as they fit. Panels in one line are
 * as high as the highest of them.
 */
export function placed(rows: readonly Row[], settings: DashboardSettings): Placed[] {
  const result: Placed[] = [];
  let y = 0;
  const id = () => result.length + 1;
  for (const { title, appliesTo = () => true, panels } of rows) {
    if (!appliesTo(settings)) continue;
    result.push({ heading: title, id: id(), x: 0, y, w: gridWidth, h: headingHeight });
    y += headingHeight;
    for (const line of lines(panels(settings))) {
      const h = Math.max(...line.map(({ kind }) => heights[kind]));
      let x = 0;
      for (const panel of line) {
        result.push({ panel, id: id(), x, y, w: panel.width, h });
        x += panel.width;
      }
      y += h;
    }
  }
  return result;
}

/** Panels that fit beside each other. */
function lines(panels: readonly Panel[]): Panel[][] {
  const result: Panel[][] = [];
  let left = 0;
  for (const panel of panels) {
    if (panel.width > left) {
      result.push([]);
      left = gridWidth;
    }
    result.at(-1)?.push(panel);
    left -= panel.width;
  }
  return result;
}
