import type { DashboardSettings } from "./settings.ts";

/** One query of a panel. */
export interface Query {
  readonly expression: string;
  /** Name of each of its lines; `{{pod}}` and its like are filled in by Grafana. */
  readonly legend: string;
}

/** What every panel has. */
interface Shown {
  readonly title: string;
  /** What is seen, and what it means where that is not plain. */
  readonly description: string;
  /** Grafana's name of the unit. */
  readonly unit: string;
  /** Of 24. */
  readonly width: number;
  /** What stands there when it is right that there is nothing to see. */
  readonly whenEmpty?: string;
}

/** Values from which on a colour holds; below the first one it is green. */
export type Colours = readonly (readonly [from: number, colour: string])[];

/** Lines over time. */
export interface Graph extends Shown {
  readonly kind: "graph";
  readonly queries: readonly Query[];
  readonly isStacked?: boolean;
  /** Upper end of the axis, where it is known. */
  readonly max?: number;
}

/** The value of now, large. */
export interface Figure extends Shown {
  readonly kind: "figure";
  readonly queries: readonly Query[];
  /** The name of each line is shown instead of its value. */
  readonly showsNames?: boolean;
  readonly colours?: Colours;
}

/** Which state each line was in, over time. */
export interface States extends Shown {
  readonly kind: "states";
  readonly queries: readonly Query[];
  readonly states: Readonly<Record<string, { readonly text: string; readonly colour: string }>>;
}

/** The values of now, one row for each combination of labels. */
export interface Table extends Shown {
  readonly kind: "table";
  /** Headings of the labels that name a row. */
  readonly labels: Readonly<Record<string, string>>;
  readonly columns: readonly { readonly title: string; readonly expression: string; readonly unit: string }[];
}

/** Lines of the servers' logs, or how many of them there are each minute. */
export interface Logs extends Shown {
  readonly kind: "logs" | "log-rate";
  /** LogQL. */
  readonly queries: readonly Query[];
}

/** A panel in terms of what it shows. What Grafana makes of it is in `grafana/`. */
export type Panel = Graph | Figure | States | Table | Logs;

/** A heading with the panels under it. */
export interface Row {
  readonly title: string;
  /** Whether a region has it. Absent: every one. */
  readonly appliesTo?: (settings: DashboardSettings) => boolean;
  readonly panels: (settings: DashboardSettings) => readonly Panel[];
}

/** What a panel needs beyond its kind; a third of the width unless it says otherwise. */
type Given<P extends Panel> = Omit<P, "kind" | "width"> & { readonly width?: number };

/** Lines over time. */
export function graph(given: Given<Graph>): Graph {
  return { kind: "graph", width: 8, ...given };
}

/** The value of now. Eight of them fill a line. */
export function figure(given: Given<Figure>): Figure {
  return { kind: "figure", width: 3, ...given };
}
