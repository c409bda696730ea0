import type { PlannedApplication } from "../../config/argocd/plan.ts";
import { goDuration } from "../external-secrets/duration.ts";
import type { ApplicationSyncPolicy, IgnoredDifference } from "../target/argo-cd.ts";

type Sync = PlannedApplication["sync"];

/** Who syncs an Application by itself. */
export interface SyncedBy {
  /** Version of Argo CD. */
  readonly version: string;
  /** The ApplicationSet's controller does, step by step: it takes from `automated` whether to prune, and takes the rest away. */
  readonly rolling?: boolean;
}

/**
 * When and how Argo CD syncs. Nothing that is false, 0 or empty stands in it: Argo CD leaves that out when it writes an Application,
 * and what is in the cluster would then differ from what we wrote.
 */
export function syncPolicy(sync: Sync, syncedBy: SyncedBy): ApplicationSyncPolicy {
  const options = syncOptions(sync);
  return {
    ...automated(sync, syncedBy),
    ...(options.length === 0 ? {} : { syncOptions: options }),
    retry: {
      // Without a limit there is none. Without retry Argo CD tries five times.
      ...(sync.retries === 0 ? {} : { limit: sync.retries }),
      backoff: {
        duration: goDuration(sync.backoff.duration),
        factor: sync.backoff.factor,
        maxDuration: goDuration(sync.backoff.max),
      },
    },
  };
}

function automated(sync: Sync, { version, rolling = false }: SyncedBy): Pick<ApplicationSyncPolicy, "automated"> {
  if (!sync.automated) return {};
  const { prune, selfHeal, allowEmpty } = sync;
  if (rolling) return prune ? { automated: { prune } } : {};
  const settings = { ...(prune && { prune }), ...(selfHeal && { selfHeal }), ...(allowEmpty && { allowEmpty }) };
  // Something has to stand in it, which 3.0 does not know yet.
  const isBare = Object.keys(settings).length === 0 && !version.startsWith("3.0.");
  return { automated: isBare ? { enabled: true } : settings };
}

function syncOptions(sync: Sync): string[] {
  const options: [isOn: boolean, option: string][] = [
    [sync.createNamespace, "CreateNamespace=true"],
    [sync.serverSideApply, "ServerSideApply=true"],
    [sync.outOfSyncOnly, "ApplyOutOfSyncOnly=true"],
    [sync.pruneLast, "PruneLast=true"],
    [sync.propagation !== undefined, `PrunePropagationPolicy=${sync.propagation ?? ""}`],
    [sync.failOnShared, "FailOnSharedResource=true"],
    // Otherwise what differs would be no difference, and be overwritten all the same by the next sync.
    [sync.ignore.length > 0, "RespectIgnoreDifferences=true"],
  ];
  return options.filter(([isOn]) => isOn).map(([, option]) => option);
}

/** Fields in which live objects may differ. */
export function ignoredDifferences({ ignore }: Sync): IgnoredDifference[] {
  return ignore.map(({ group, kind, name, namespace, jsonPointers, jqPathExpressions, managers }) => ({
    ...(group === "" ? {} : { group }),
    kind,
    ...(name === undefined ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(jsonPointers.length === 0 ? {} : { jsonPointers }),
    ...(jqPathExpressions.length === 0 ? {} : { jqPathExpressions }),
    ...(managers.length === 0 ? {} : { managedFieldsManagers: managers }),
  }));
}
