import { parseDuration } from "../../config/durations.ts";
import type { ManifestArgs } from "../../components/target/index.ts";

type Groups = readonly ManifestArgs["GrafanaAlertRuleGroup"][];

/** Grafana's clock. */
const TICK_SECONDS = 10;

/**
 * What Grafana would refuse of groups that are for one Grafana, and the kinds of its operator let pass: nobody but the operator's log
 * would say so.
 */
export function refusedByGrafana(groups: Groups): string[] {
  return [...groups.flatMap(wrongIntervals), ...twice(groups, "uid"), ...twice(groups, "title")];
}

function wrongIntervals({ metadata: { name }, spec }: Groups[number]): string[] {
  const interval = parseDuration(spec.interval) ?? 0;
  const wrong = spec.rules
    .map((rule) => ({ ...rule, seconds: parseDuration(rule.for) ?? -1 }))
    .filter(({ seconds }) => seconds !== 0 && seconds < interval)
    .map((rule) => `${name}: ${rule.title}: found for ${rule.for}, but it is evaluated each ${spec.interval}`);
  if (interval > 0 && interval % TICK_SECONDS === 0) return wrong;
  return [`${name}: found the interval ${spec.interval}, but Grafana takes multiples of 10 seconds`, ...wrong];
}

/** A uid is unique in all of Grafana, a title in its folder. */
function twice(groups: Groups, field: "uid" | "title"): string[] {
  const values = groups.flatMap(({ metadata, spec }) => {
    const folder = JSON.stringify([metadata.namespace, spec.folderRef]);
    return spec.rules.map((rule) => ({ value: rule[field], place: field === "uid" ? "" : folder }));
  });
  const same = values.filter(
    (it, at) => values.findIndex(({ value, place }) => value === it.value && place === it.place) < at,
  );
  return same.map(({ value }) => `found the ${field} ${JSON.stringify(value)} twice`);
}
