/** What one look at something has shown. */
export interface Check {
  /** What was looked at. */
  readonly about: string;
  /** What is there, in a few words. */
  readonly found: string;
  /** What is wrong with it, each with what to do. None: all is well. */
  readonly problems: readonly string[];
}

/** A check in lines for people: one where all is well, one for each problem where not. */
export function linesOf({ about, found, problems }: Check): string[] {
  if (problems.length === 0) return [`ok     ${about}: ${found}`];
  return problems.map((problem) => `wrong  ${about}: ${problem}`);
}
