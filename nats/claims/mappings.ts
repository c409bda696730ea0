import { show, type Report } from "../problem.ts";
import { checkSubject } from "./fields.ts";

/** Where a share of a subject's messages goes. */
export interface WeightedMapping {
  subject: string;
  /** Percent; absent or 0 is 100. */
  weight?: number;
  /** Only for messages that come in through this cluster. */
  cluster?: string;
}

/** Subjects that are rewritten as messages come in, with their destinations. */
export type Mappings = Record<string, WeightedMapping[]>;

/** Reports illegal subjects, and shares that add up to more than 100 percent in any cluster. */
export function checkMappings(mappings: Mappings, path: string, report: Report): void {
  for (const [from, destinations] of Object.entries(mappings)) {
    const at = `${path}[${show(from)}]`;
    checkSubject(from, { wildcards: true }, at, report);
    const totals = new Map<string, number>();
    for (const [index, { subject, weight = 0, cluster = "" }] of destinations.entries()) {
      // A destination may hold functions such as {{wildcard(1)}}, which only the server knows.
      checkSubject(subject.replace(/\{\{[^{}]*\}\}/g, "x"), { wildcards: true }, `${at}[${index}].subject`, report);
      if (!Number.isInteger(weight) || weight < 0 || weight > 100)
        report(`${at}[${index}].weight`, weight, "a weight is a percentage from 1 to 100");
      totals.set(cluster, (totals.get(cluster) ?? 0) + (weight === 0 ? 100 : weight));
    }
    for (const [cluster, total] of totals) {
      if (total > 100)
        report(
          at,
          `${total} percent`,
          `the weights${cluster === "" ? "" : ` for cluster ${show(cluster)}`} can add up to at most 100`,
        );
    }
  }
}
