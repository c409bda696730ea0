import { LABELS } from "../../config/argocd/labels.ts";
import { matchingRegions } from "../../config/argocd/region-names.ts";
import type { Fleet } from "../../config/argocd/application-schema.ts";
import type { ApplicationSetArgs } from "../target/argo-cd.ts";

type Strategy = NonNullable<ApplicationSetArgs["spec"]["strategy"]>;
type Step = Strategy["rollingSync"]["steps"][number];

/** The steps of a rollout: each region is in the first that fits. A step that has none is left out. */
export function rollingSync(rollout: Fleet["rollout"], regions: readonly string[]): Strategy {
  const steps: Step[] = [];
  let left = [...regions];
  for (const { regions: patterns, maxUpdate } of rollout) {
    const values = matchingRegions(left, patterns);
    if (values.length === 0) continue;
    left = left.filter((region) => !values.includes(region));
    steps.push({
      matchExpressions: [{ key: LABELS.region, operator: "In", values }],
      ...(maxUpdate === undefined ? {} : { maxUpdate: maxUpdate.endsWith("%") ? maxUpdate : Number(maxUpdate) }),
    });
  }
  return { type: "RollingSync", rollingSync: { steps } };
}
