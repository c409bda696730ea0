/** A line of a panel. */
export interface Line {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Times in seconds since 1970, with the values. */
  readonly points: readonly (readonly [time: number, value: number])[];
}

/** The time that is drawn, in seconds. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly values: readonly (readonly [number, string])[];
    }[];
  };
}

/** Asks Prometheus for an expression over a time. @param legend the lines' names, with `{{label}}` in them */
export async function linesOf(url: string, expression: string, legend: string, span: Span): Promise<Line[]> {
  const { start, end, step } = span;
  const parameters = { query: expression, start: String(start), end: String(end), step: String(step) };
  const response = await fetch(`${url}/api/v1/query_range`, { method: "POST", body: new URLSearchParams(parameters) });
  const { status, error = "", data } = (await response.json()) as Answer;
  if (status !== "success" || data === undefined) throw new Error(`Prometheus refused ${expression}: ${error}`);
  return data.result.map(({ metric, values }) => ({
    name: legend.replaceAll(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? ""),
    labels: metric,
    points: values.map(([time, value]) => [time, Number(value)] as const),
  }));
}

/** The value at the end of the time, if there is one. */
export function lastOf({ points }: Line, { end, step }: Span): number | undefined {
  const [time = 0, value] = points.at(-1) ?? [];
  return time > end - 2 * step ? value : undefined;
}
