import { z } from "zod";
import { duration, flag, listOf, mapOf, strict, text, words } from "../fields.ts";
import { dnsLabel, dnsLabelGlob, dnsSubdomain, entityName } from "../names.ts";
import { groupName, kindName } from "./names.ts";

const kindSchema = strict({
  group: text(groupName).default("").describe("API group. Absent: the core group."),
  kind: text(kindName).describe("Kind."),
}).describe("One kind.");

const windowSchema = strict({
  kind: z.enum(["allow", "deny"], { error: "allow or deny can stand here" }).describe("Whether syncs happen in it."),
  schedule: words("a cron expression").describe("When it begins, as cron says it."),
  duration: duration(60).describe("How long it is."),
  timeZone: words("a time zone").default("UTC").describe("Time zone of the schedule."),
  applications: listOf(words("a pattern"), "patterns").default(["*"]).describe("Applications; * stands for any text."),
  manualSync: flag().default(false).describe("A person may sync all the same."),
}).describe("One window.");

/** The AppProject that all Applications of the stack are in. */
export const projectSchema = strict({
  name: text(dnsSubdomain).default("nats-platform").describe("Name of the AppProject."),
  description: words("a text").exactOptional().describe("What it is for."),
  repositories: listOf(words("a pattern"), "patterns")
    .default([])
    .describe("Further sources, beside what the stack's Applications use."),
  destinations: listOf(
    strict({
      cluster: text(dnsLabelGlob).describe("Cluster of argocd.clusters, or in-cluster; * stands for any text."),
      namespace: text(dnsLabelGlob).describe("Namespace; * stands for any text."),
    }).describe("One destination."),
    "destinations",
  )
    .default([])
    .describe("Further destinations, beside those of the stack's Applications."),
  clusterKinds: listOf(kindSchema, "kinds")
    .default([])
    .describe(
      "Kinds without a namespace that Applications may make, beside those of the platform's own manifests. Empty: none.",
    ),
  deniedKinds: listOf(kindSchema, "kinds").default([]).describe("Kinds with a namespace that they may not make."),
  windows: listOf(windowSchema, "windows").default([]).describe("When syncs may happen. Empty: always."),
  roles: mapOf(
    entityName,
    strict({
      description: words("a text").exactOptional().describe("What it is for."),
      groups: listOf(words("a group"), "groups").default([]).describe("Groups of the login provider that have it."),
      allow: listOf(
        z.enum(["get", "sync", "update", "create", "delete", "override", "action/*"], {
          error: "get, sync, update, create, delete, override or action/* can stand here",
        }),
        "actions",
      )
        .default(["get"])
        .describe("What it may do with Applications of the project."),
    }).describe("One role."),
    "roles",
  )
    .default({})
    .describe("Roles of people and CI in the project."),
  warnOfOrphans: flag().default(false).describe("Warn of objects in the destinations that no Application has."),
})
  .prefault({})
  .describe("The AppProject: what it permits follows from the Applications, and from what stands here beside.");

/** Where a notification goes. */
export const notificationSchema = strict({
  trigger: text(entityName).describe("Trigger in argocd-notifications-cm, such as on-sync-failed."),
  service: text(dnsLabel).describe("Service there, such as slack."),
  recipients: listOf(words("a recipient"), "recipients").describe("Channels or addresses."),
}).describe("One subscription.");
