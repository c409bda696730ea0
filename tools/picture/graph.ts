import { escaped, legend, lineColour } from "./html.ts";
import type { Line, Span } from "./series.ts";
import { withUnit } from "./units.ts";

/** Size of what is drawn, in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

const left = 58;
const [top, right, bottom] = [6, 10, 18];

/** Lines over time, or areas on top of each other. */
export function graphSvg(all: readonly Line[], unit: string, isStacked: boolean, span: Span, size: Size): string {
  const lines = isStacked ? stacked(all) : all;
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value));
  const ticks = ticksOf(Math.min(0, ...values), Math.max(...values, 0), unit);
  const [lowest = 0, highest = 1] = [ticks[0], ticks.at(-1)];
  const height = size.height - top - bottom;
  const x = xOf(span, size);
  const y = (value: number) => top + height - ((value - lowest) / (highest - lowest)) * height;
  const grid = ticks.map((tick) => {
    const at = y(tick).toFixed(1);
    return `<path d="M${left} ${at}H${size.width - right}" stroke="#eaecef"/><text x="${left - 5}" y="${Number(at) + 3}" text-anchor="end">${escaped(withUnit(tick, unit))}</text>`;
  });
  const drawn = lines.map(({ points }, index) => {
    const path = pieces(points, span.step)
      .map((piece) => piece.map(([time, value]) => `${x(time).toFixed(1)} ${y(value).toFixed(1)}`).join("L"))
      .map((piece) => `M${piece}h0.1`)
      .join("");
    return `<path d="${path}" fill="none" stroke="${lineColour(index)}" stroke-width="1.4"/>`;
  });
  const names = all.map(({ name }, index) => ({ name, colour: lineColour(index) }));
  return `<svg width="${size.width}" height="${size.height}">${grid.join("")}${timeAxis(span, size)}${drawn.join("")}</svg>${legend(names)}`;
}

/** Where a time is. */
export function xOf({ start, end }: Span, { width }: Size): (time: number) => number {
  return (time) => left + ((time - start) / (end - start)) * (width - left - right);
}

/** Hours and minutes under a panel. */
export function timeAxis(span: Span, size: Size): string {
  const x = xOf(span, size);
  const minutes = Math.max(1, Math.ceil((span.end - span.start) / 60 / 5));
  const first = Math.ceil(span.start / 60 / minutes) * 60 * minutes;
  let axis = "";
  for (let time = first; time <= span.end; time += minutes * 60) {
    const label = new Date(time * 1000).toISOString().slice(11, 16);
    axis += `<text x="${x(time).toFixed(1)}" y="${size.height - 5}" text-anchor="middle">${label}</text>`;
  }
  return axis;
}

/** Parts of a line between its gaps. */
function pieces(points: Line["points"], step: number): Line["points"][] {
  const result: [number, number][][] = [];
  let before = Number.NEGATIVE_INFINITY;
  for (const [time, value] of points) {
    if (time - before > 1.5 * step) result.push([]);
    result.at(-1)?.push([time, value]);
    before = time;
  }
  return result;
}

/** Each line on top of those before it. */
function stacked(lines: readonly Line[]): Line[] {
  const sums = new Map<number, number>();
  return lines.map((line) => ({
    ...line,
    points: line.points.map(([time, value]) => {
      const sum = (sums.get(time) ?? 0) + value;
      sums.set(time, sum);
      return [time, sum] as const;
    }),
  }));
}

/** Round values from below the lowest to above the highest. */
function ticksOf(lowest: number, highest: number, unit: string): number[] {
  // A line that stays at 0 has an axis as well.
  if (highest === lowest) return [0, 1];
  const range = highest - lowest;
  const base = unit === "bytes" || unit === "binBps" ? 2 : 10;
  const rough = range / 4;
  const power = base ** Math.floor(Math.log(rough) / Math.log(base));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => power * factor >= rough) ?? 10) * power;
  const count = Math.ceil(highest / step - 1e-9) - Math.floor(lowest / step);
  return Array.from({ length: Math.max(count, 1) + 1 }, (_, index) => (Math.floor(lowest / step) + index) * step);
}
