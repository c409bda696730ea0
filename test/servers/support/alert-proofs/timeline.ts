/** Seconds between two scrapes, and between two evaluations of the rules. */
export const STEP = 15;

/** What a series does in a phase: stand at a value, be gone, grow with each scrape, or jump once and stand. */
export type Level = number | "gone" | { readonly grows: number } | { readonly jumps: number };

/** What a series does while all is right, while something is wrong, and after that. */
export interface Phases {
  readonly right: Level;
  readonly wrong: Level;
  /** Absent: as when all was right. */
  readonly after?: Level;
  /** Where a series begins that grows. */
  readonly from?: number;
}

/** A series as Prometheus has it after a scrape. */
export interface Series extends Phases {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** When the phases of a proof begin, in seconds. */
export interface Timeline {
  readonly wrongAt: number;
  readonly rightAgainAt: number;
  readonly end: number;
}

/** Every phase is long enough for an alert to fire in it that should not. */
export function timelineOf({ forSeconds }: { readonly forSeconds: number }, windowSeconds: number): Timeline {
  const wrongAt = forSeconds + 1200;
  const rightAgainAt = wrongAt + forSeconds + 300;
  return { wrongAt, rightAgainAt, end: rightAgainAt + windowSeconds + forSeconds + 300 };
}

/** The samples of a series, as promtool reads them. */
export function samplesOf(series: Series, { wrongAt, rightAgainAt, end }: Timeline): string {
  let last = series.from ?? 0;
  let isThere = false;
  const phase = (level: Level, seconds: number) =>
    Array.from({ length: seconds / STEP }, (_, index) => {
      if (level === "gone") {
        const sample = isThere ? "stale" : "_";
        isThere = false;
        return sample;
      }
      isThere = true;
      if (typeof level === "number") last = level;
      else if ("grows" in level) last += level.grows;
      else if (index === 0) last += level.jumps;
      return String(last);
    });
  return [
    ...phase(series.right, wrongAt),
    ...phase(series.wrong, rightAgainAt - wrongAt),
    ...phase(series.after ?? series.right, end - rightAgainAt),
  ].join(" ");
}
