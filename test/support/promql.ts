import { parser } from "@prometheus-io/lezer-promql";

/** A selector of series in an expression. */
export interface Selector {
  readonly metric: string;
  /** Labels that it asks for. */
  readonly labels: readonly string[];
}

/** What an expression of PromQL names. */
export interface Named {
  readonly selectors: readonly Selector[];
  /** Labels that it groups or joins by. */
  readonly groupings: readonly string[];
}

/** Reads an expression. @throws Error where it is none */
export function namedIn(expression: string): Named {
  const selectors: { metric: string; labels: string[] }[] = [];
  const groupings = new Set<string>();
  parser.parse(expression).iterate({
    enter: ({ type, from, to, node }) => {
      const text = expression.slice(from, to);
      if (type.isError) throw new Error(`this is no PromQL at ${String(from)}: ${expression}`);
      if (type.name === "VectorSelector") selectors.push({ metric: "", labels: [] });
      const last = selectors.at(-1);
      if (type.name === "Identifier" && node.parent?.name === "VectorSelector" && last) last.metric = text;
      if (type.name !== "LabelName") return;
      if (isWithin(node, "LabelMatchers")) last?.labels.push(text);
      else if (isWithin(node, "GroupingLabels")) groupings.add(text);
    },
  });
  return { selectors, groupings: [...groupings] };
}

function isWithin(node: { parent: typeof node | null; name: string }, name: string): boolean {
  for (let at: typeof node | null = node; at !== null; at = at.parent) if (at.name === name) return true;
  return false;
}
