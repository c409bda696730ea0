import { parser } from "@prometheus-io/lezer-promql";

/** A selector of series in an expression. */
export interface Selector {
  readonly metric: string;
  /** Labels that it asks for. */
  readonly labels: readonly string[];
  /** What it asks of them. */
  readonly matchers: readonly Matcher[];
}

/** What a selector asks of a label. */
export interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

/** What an expression of PromQL names. */
export interface Named {
  readonly selectors: readonly Selector[];
  /** Labels that it groups or joins by. */
  readonly groupings: readonly string[];
}

/** Reads an expression. @throws Error where it is none */
export function namedIn(expression: string): Named {
  const selectors: { metric: string; labels: string[]; matchers: Matcher[] }[] = [];
  const groupings = new Set<string>();
  parser.parse(expression).iterate({
    enter: ({ type, from, to, node }) => {
      const text = expression.slice(from, to);
      if (type.isError) throw new Error(`this is no PromQL at ${String(from)}: ${expression}`);
      if (type.name === "VectorSelector") selectors.push({ metric: "", labels: [], matchers: [] });
      const last = selectors.at(-1);
      if (type.name === "Identifier" && node.parent?.name === "VectorSelector" && last) last.metric = text;
      if (type.name === "UnquotedLabelMatcher") last?.matchers.push(matcherOf(text));
      if (type.name !== "LabelName") return;
      if (isWithin(node, "LabelMatchers")) last?.labels.push(text);
      else if (isWithin(node, "GroupingLabels")) groupings.add(text);
    },
  });
  return { selectors, groupings: [...groupings] };
}

/** Whether a matcher lets a label's value through. A label that is not there has none, which is an empty one. */
export function passes({ operator, value }: Matcher, actual: string): boolean {
  const matches = () => new RegExp(`^(?:${value})$`, "s").test(actual);
  switch (operator) {
    case "=":
      return actual === value;
    case "!=":
      return actual !== value;
    case "=~":
      return matches();
    case "!~":
      return !matches();
    default:
      throw new Error(`there is no matcher ${operator}`);
  }
}

function matcherOf(text: string): Matcher {
  const { label, operator, value } = /^(?<label>\w+)\s*(?<operator>[=!~]+)\s*(?<value>".*")$/s.exec(text)?.groups ?? {};
  if (label === undefined || operator === undefined || value === undefined) throw new Error(`no matcher: ${text}`);
  return { label, operator, value: JSON.parse(value) as string };
}

function isWithin(node: { parent: typeof node | null; name: string }, name: string): boolean {
  for (let at: typeof node | null = node; at !== null; at = at.parent) if (at.name === name) return true;
  return false;
}
