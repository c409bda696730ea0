import type { AlertContext } from "../../../../nats/alerts/alert.ts";
import type { AlertChange } from "../../../../nats/alerts/table.ts";
import type { Series, Timeline } from "./timeline.ts";

/** An expression that suggests itself, and is wrong where ours is right. */
export interface Naive {
  /** What is wrong with it. */
  readonly fault: string;
  readonly expression: string;
  /** At the end of which phase it shows. */
  readonly at: "right" | "wrong" | "after";
  /** Whether it fires then. Ours does the opposite. */
  readonly fires: boolean;
  /** What it shows on. Absent: what ours is proven on. */
  readonly series?: readonly Series[];
}

/** What an alert is proven on. */
export interface AlertProof {
  readonly alert: string;
  /** What is special about this proof, if the alert has several. */
  readonly variant?: string;
  readonly context?: Partial<AlertContext>;
  readonly change?: AlertChange;
  /** Their values are those next to the threshold: on its right side first, then on its wrong side, then on the right one again. */
  readonly series: (timeline: Timeline) => readonly Series[];
  /** What another region tells meanwhile. Absent: the opposite, wrong while it is right here. */
  readonly elsewhere?: () => readonly Series[];
  /** Whether servers that no longer answer do not count: the exporter keeps what they told last. */
  readonly leavesOutTheDead?: true;
  /** Labels, beside the severity, of each alert that fires. */
  readonly labels: readonly Readonly<Record<string, string>>[];
  /** Seconds that the expression looks back: so much later it resolves. */
  readonly windowSeconds?: number;
  /** Seconds after the wrong phase's beginning in which the value passes the threshold. */
  readonly lateSeconds?: number;
  /** The context by which it resolves, where an update does that and not time. */
  readonly resolvedBy?: (timeline: Timeline) => Partial<AlertContext>;
  /** Context that depends on when the phases are. */
  readonly contextAt?: (timeline: Timeline) => Partial<AlertContext>;
  readonly naive: readonly [Naive, ...Naive[]];
}
