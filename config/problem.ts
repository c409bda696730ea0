import { formatProblem, type Problem } from "../nats/problem.ts";
import { withoutSecrets } from "./secret-forms.ts";

/** Where a value stands in the configuration: map keys and list positions, outermost first. */
export type Path = readonly (string | number)[];

/** A problem whose place is still a {@link Path}, as the checks report it. */
export interface Finding {
  readonly path: Path;
  readonly found: string;
  /** A clause that continues "found X, but …". */
  readonly allowed: string;
  /** Other places the finding rests on. If one of them is wrong itself, the finding is dropped as a consequence. */
  readonly given?: readonly Path[];
}

/** The configuration is wrong. The message lists every problem, one line for each. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
    super([`The configuration has ${count}:`, ...problems.map((problem) => `  ${formatProblem(problem)}`)].join("\n"));
    this.name = "ConfigError";
    this.problems = problems;
  }
}

const longestShown = 60;
const longestList = 20;

/** A value as an error shows it: short, and never a secret. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "a map";
  if (typeof value !== "string") return JSON.stringify(value);
  const text = withoutSecrets(value);
  return JSON.stringify(text.length > longestShown ? `${text.slice(0, longestShown)}…` : text);
}

/** `regions.eu-east.nats.tolerations[0]`; a key that is not a plain word is quoted: `nodeSelector["kubernetes.io/os"]`. */
export function pathText(path: Path): string {
  return path
    .map((step, position) => {
      if (typeof step === "number") return `[${step}]`;
      if (!/^[\w-]+$/.test(step)) return `[${show(step)}]`;
      return position === 0 ? step : `.${step}`;
    })
    .join("");
}

/** `a, b or c`; a long list is cut. */
export function listed(words: readonly string[], last: "and" | "or"): string {
  const shown =
    words.length > longestList ? [...words.slice(0, longestList), `${words.length - longestList} more`] : words;
  return shown.length < 2 ? shown.join() : `${shown.slice(0, -1).join(", ")} ${last} ${shown.at(-1) ?? ""}`;
}

const natural = new Intl.Collator("en", { numeric: true });

/** Sorted by path, each problem once. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  const once = new Map(problems.map((problem) => [formatProblem(problem), problem]));
  return [...once].sort(([a], [b]) => natural.compare(a, b)).map(([, problem]) => problem);
}
