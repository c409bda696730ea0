import { parser } from "@grafana/lezer-logql";

/** What has to hold of a label of a stream of logs. */
export interface LabelMatcher {
  readonly label: string;
  readonly is: string;
  readonly value: string;
}

/** What an expression of LogQL asks for. */
export interface LogQuery {
  readonly labels: readonly LabelMatcher[];
  /** Whether a line of those streams gets through all filters. */
  readonly takes: (line: string) => boolean;
}

/** What a filter makes of a line. */
const filters: Readonly<Record<string, (line: string, text: string) => boolean>> = {
  "|=": (line, text) => line.includes(text),
  "|~": (line, text) => new RegExp(text).test(line),
  "!=": (line, text) => !line.includes(text),
  "!~": (line, text) => !new RegExp(text).test(line),
};

/** Reads an expression, by the grammar of Grafana's own editor. @throws Error where it is none, or has stages other than line filters */
export function logQueryIn(expression: string): LogQuery {
  const labels: LabelMatcher[] = [];
  const conditions: ((line: string) => boolean)[] = [];
  const tree = parser.parse(expression);
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError) throw new Error(`this is no LogQL at ${String(from)}: ${expression}`);
    },
  });
  tree.iterate({
    enter: ({ type, node }) => {
      const textOf = (at: typeof node | null) => expression.slice(at?.from ?? 0, at?.to ?? 0);
      if (type.name === "Matcher") {
        const [label, is, value] = [node.firstChild, node.firstChild?.nextSibling ?? null, node.lastChild].map(textOf);
        labels.push({ label: label ?? "", is: is ?? "", value: unquoted(value ?? "") });
      }
      if (type.name === "PipelineStage" && node.firstChild?.name !== "LineFilters")
        throw new Error(`this is a stage that is not known here: ${textOf(node)}`);
      if (type.name !== "LineFilter") return;
      const filter = filters[textOf(node.firstChild)];
      if (filter === undefined) throw new Error(`this is a filter that is not known here: ${textOf(node)}`);
      const text = unquoted(textOf(node.lastChild));
      conditions.push((line) => filter(line, text));
    },
  });
  return { labels, takes: (line) => conditions.every((holds) => holds(line)) };
}

/** Text between quotes, or as it is between backquotes. */
function unquoted(text: string): string {
  return text.startsWith("`") ? text.slice(1, -1) : (JSON.parse(text) as string);
}
