import { CLUSTER_LABEL } from "../nats/alerts/series.ts";
import { duration, flag, listOf, mapOf, strict, text, words } from "./fields.ts";
import { alertLabel, labelKey, labelValue } from "./names.ts";

const receiver = (severity: string) =>
  words("the name of a contact point")
    .exactOptional()
    .describe(`Contact point of alerts with severity ${severity}. Absent: \`receiver\`.`);

/** Where a region's alerts go, by Grafana's notification policies. */
export const notificationPolicySchema = strict({
  labels: mapOf(labelKey, text(labelValue), "labels")
    .refine((labels) => Object.keys(labels).length > 0, {
      error: "a label is needed here: by it a tree of policies finds the branch",
    })
    .describe("Labels of the branch, by which a tree of policies selects it; and by which the region's own tree does."),
  whole: flag()
    .default(false)
    .describe("Make the whole tree too: all alerts of the Grafana that no branch takes go to `receiver`."),
  receivers: strict({ critical: receiver("critical"), warning: receiver("warning"), info: receiver("info") })
    .prefault({})
    .describe("Contact points by severity. They exist in Grafana."),
  groupBy: listOf(text(alertLabel), "labels of alerts")
    .min(1, { error: "a label is needed here, or ... for a notification for each alert" })
    .refine((labels) => new Set(labels).size === labels.length, { error: "each label can stand here once" })
    .refine((labels) => labels.length === 1 || !labels.includes("..."), {
      error: "... is a notification for each alert, and stands alone",
    })
    .default(["grafana_folder", "alertname", CLUSTER_LABEL])
    .describe("Labels by which alerts come in one notification; `...` alone: each in its own."),
  groupWait: duration(0)
    .exactOptional()
    .describe("How long a new group waits for further alerts. Absent: as the tree has it."),
  groupInterval: duration(1)
    .exactOptional()
    .describe("How long it is until a group tells of what is new in it. Absent: as the tree has it."),
  repeatInterval: duration(1)
    .exactOptional()
    .describe("How long it is until a group tells the same again. Absent: as the tree has it."),
});
