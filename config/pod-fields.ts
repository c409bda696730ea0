import { z } from "zod";
import { strict, text, whole } from "./fields.ts";
import { cpuQuantity, dnsSubdomain, labelKey, labelValue } from "./names.ts";

/** Class of a volume. */
export const storageClass = text(dnsSubdomain)
  .exactOptional()
  .describe("Storage class. Absent: the cluster's default.");

/** A taint that pods tolerate. */
export const tolerationSchema = strict({
  key: text(labelKey).exactOptional().describe("Taint key. Absent: every taint, with operator Exists."),
  operator: z
    .enum(["Exists", "Equal"], { error: "an operator is Exists or Equal" })
    .default("Equal")
    .describe("Exists: the key is enough. Equal: the value counts too."),
  value: text(labelValue).exactOptional().describe("Taint value, with operator Equal."),
  effect: z
    .enum(["NoSchedule", "PreferNoSchedule", "NoExecute"], {
      error: "an effect is NoSchedule, PreferNoSchedule or NoExecute",
    })
    .exactOptional()
    .describe("Taint effect. Absent: all."),
  tolerationSeconds: whole(0).exactOptional().describe("With NoExecute: seconds before the pod is moved after all."),
}).superRefine(({ key, operator, value, effect, tolerationSeconds }, issues) => {
  const wrong = (path: string, message: string) => {
    issues.addIssue({ code: "custom", path: [path], message });
  };
  if (key === undefined && operator === "Equal") wrong("operator", "without a key it must be Exists");
  if (value !== undefined && operator === "Exists") wrong("value", "operator Exists takes no value");
  if (tolerationSeconds !== undefined && effect !== "NoExecute") {
    wrong("tolerationSeconds", "it goes with effect NoExecute only");
  }
});

/** A quantity of CPU, as text. */
export function cpu() {
  const error = cpuQuantity.allowed;
  return z
    .union([z.number({ error }), text(cpuQuantity)], { error })
    .transform(String)
    .refine((quantity) => cpuQuantity.pattern.test(quantity), { error });
}
