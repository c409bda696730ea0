import { at, merge } from "../merge.ts";

type Values = Readonly<Record<string, unknown>>;

/** With which a chart makes hooks of its generator Jobs. */
const GENERATORS = { global: { argocd: { enabled: true } } };

/** Helm values, each over those before it: maps merge, lists and single values replace. */
export function chartValuesOf(generators: boolean, ...layers: readonly (Values | undefined)[]): Values {
  const all = [...layers, generators ? GENERATORS : undefined];
  return all.reduce<Values>((below, layer) => merge(below, layer) as Values, {});
}

/** Whether these values make hooks of a chart's generator Jobs. */
export function hasGeneratorHooks(values: Values | undefined): boolean {
  return at(at(at(values, "global"), "argocd"), "enabled") === true;
}
