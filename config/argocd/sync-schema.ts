import { z } from "zod";
import { duration, flag, listOf, strict, text, whole, words } from "../fields.ts";
import { dnsLabel } from "../names.ts";
import { groupName, jqPath, jsonPointer, kindName, objectName } from "./names.ts";

const ignoredSchema = strict({
  group: text(groupName).default("").describe("API group. Absent: the core group."),
  kind: text(kindName).describe("Kind."),
  name: text(objectName).exactOptional().describe("Name. Absent: all."),
  namespace: text(dnsLabel).exactOptional().describe("Namespace. Absent: all."),
  jsonPointers: listOf(text(jsonPointer), "JSON pointers").default([]).describe("Fields, such as /spec/replicas."),
  jqPathExpressions: listOf(text(jqPath), "jq expressions").default([]).describe("Fields, as jq names them."),
  managers: listOf(words("a field manager"), "field managers")
    .default([])
    .describe("Fields that these field managers own."),
}).describe("Fields in which live objects may differ.");

/** How an Application is synced. */
export const syncSchema = strict({
  automated: flag().default(true).describe("Argo CD syncs by itself. false: a person or CI does."),
  prune: flag()
    .exactOptional()
    .describe(
      "What is no longer in Git is deleted. Absent: yes, but for a helmfile fleet with removal: keep, where a region that goes would be deleted.",
    ),
  selfHeal: flag()
    .default(true)
    .describe(
      "What is changed in the cluster is changed back. It runs no hooks: a deleted generated Secret stays away.",
    ),
  allowEmpty: flag().default(false).describe("Pruning may delete everything."),
  retries: whole(0).default(5).describe("Attempts after a sync that failed. 0: none."),
  backoff: strict({
    duration: duration(1).prefault("5s").describe("Before the first of them."),
    factor: whole(1).default(2).describe("By which that grows each time."),
    max: duration(1).prefault("3m").describe("At most."),
  })
    .prefault({})
    .describe("Time between attempts."),
  createNamespace: flag()
    .default(false)
    .describe("Argo CD makes the namespace if it is missing. Such a namespace has no labels, and is never deleted."),
  serverSideApply: flag().default(true).describe("No last-applied annotation, which has a limit of 262144 bytes."),
  outOfSyncOnly: flag().default(false).describe("Apply only what differs. Hooks run all the same."),
  pruneLast: flag().default(false).describe("Delete after everything else is healthy."),
  propagation: z
    .enum(["foreground", "background", "orphan"], { error: "a propagation is foreground, background or orphan" })
    .exactOptional()
    .describe("How what is pruned goes with what it owns. Absent: foreground."),
  failOnShared: flag().default(true).describe("Fail if an object is another Application's."),
  ignore: listOf(ignoredSchema, "fields")
    .default([])
    .describe("Differences that don't count, and are left as they are."),
  history: whole(0)
    .exactOptional()
    .describe("Syncs that are remembered, each with all values. Absent: what Argo CD does, 10."),
});

/** How an Application is synced: durations in seconds. */
export type SyncSettings = z.output<typeof syncSchema>;

/** What becomes of the workloads when their Application goes. */
export const removal = z
  .enum(["keep", "delete"], { error: "keep or delete can stand here" })
  .default("keep")
  .describe(
    "What becomes of the workloads when an Application is removed or renamed: keep leaves them running. delete takes them away, once it has been there for an update.",
  );

/** Whether Applications are there. */
export const enabled = flag()
  .default(true)
  .describe(
    "false: they go, as removal says. With removal: delete this comes before the entry is taken out, for Argo CD deletes only what the project still permits.",
  );

/** Order among Applications of an app of apps. */
export const wave = z
  .int({ error: "a whole number is needed here" })
  .exactOptional()
  .describe("Sync wave of the Application in an app of apps. Absent: 0.");
