import { kinds, type Kind } from "../target/kinds.ts";
import { syncOptionsAnnotation, waveAnnotation, type ObjectSyncOption } from "./annotations.ts";

/**
 * The sync wave of each folder of a region's manifests. A wave is applied once everything in the lower ones is healthy, and a wave in
 * which something is degraded fails the sync: nothing may stand in a lower wave than what it needs to become healthy.
 * There is room between them for objects that others put beside ours.
 */
const waves: Readonly<Record<(typeof kinds)[Kind]["folder"], number>> = {
  "0-namespaces": 0,
  // Of these only stores have a health: a ServiceAccount that one signs in with comes first by its kind.
  "1-access": 10,
  "1-configuration": 10,
  "2-network": 10,
  "2-secret-stores": 10,
  // Pods of servers wait for their Secrets, and never the other way round.
  "2-secrets": 20,
  "3-workloads": 30,
  "4-monitoring": 40,
  // Never a region's: the projects and Applications of Argo CD itself.
  "5-projects": 0,
  "6-applications": 10,
};

/** Kinds that go with other waves than their folder. */
const exceptions: Partial<Record<Kind, number>> = {
  // It has a health of its own, made of its pods', and no pod needs it.
  PodDisruptionBudget: waves["3-workloads"],
  // It is degraded until there is the Secret that it pushes, which a chart or a Job may make long after. The last wave is waited
  // for by PostSync hooks alone.
  PushSecret: waves["4-monitoring"],
};

const options: Partial<Record<Kind, readonly ObjectSyncOption[]>> = {
  // With a namespace everything in it would go: JetStream's volumes, and Secrets that are not in Git.
  Namespace: ["Prune=false", "Delete=false"],
  ...Object.fromEntries(
    monitoringKinds().map((kind) => [kind, ["SkipDryRunOnMissingResource=true"] satisfies ObjectSyncOption[]]),
  ),
};

/** Kinds of operators without which servers run: where one is missing, the sync fails in the wave of monitoring, and not before all. */
function monitoringKinds(): Kind[] {
  return (Object.keys(kinds) as Kind[]).filter((kind) => kinds[kind].folder === "4-monitoring");
}

/** Annotations of an object of this kind among the manifests of a region that Argo CD syncs. */
export function syncAnnotations(kind: Kind): Record<string, string> {
  return {
    ...waveAnnotation(exceptions[kind] ?? waves[kinds[kind].folder]),
    ...syncOptionsAnnotation(options[kind] ?? []),
  };
}
