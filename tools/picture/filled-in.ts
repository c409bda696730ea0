/** What Grafana knows when it fills in a query. */
export interface Knowledge {
  /** Time between two scrapes, as the data source is told. */
  readonly scrapeSeconds: number;
  /** Time between two points of the picture. Absent: shorter than between two scrapes. */
  readonly stepSeconds?: number;
  /** What is chosen of the variables, as a regular expression. What is not named here is on "All". */
  readonly chosen?: Readonly<Record<string, string>>;
}

/** Fills in the variables of a query as Grafana does: a rate is taken over four scrapes at least. */
export function filledIn(expression: string, { scrapeSeconds, stepSeconds = 0, chosen = {} }: Knowledge): string {
  const rate = Math.max(Math.max(stepSeconds, scrapeSeconds) + scrapeSeconds, 4 * scrapeSeconds);
  return expression
    .replaceAll("$__rate_interval", `${String(rate)}s`)
    .replaceAll(/\$(\w+)/g, (_, name: string) => chosen[name] ?? ".*");
}
