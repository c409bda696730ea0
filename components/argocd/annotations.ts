/** When a hook runs: before what an Application has, with it, after all of it is healthy, or when a sync has failed. */
export type HookPhase = "PreSync" | "Sync" | "PostSync" | "SyncFail";

/** When Argo CD deletes a hook. It does the first by itself where none is given. */
export type HookDeletePolicy = "BeforeHookCreation" | "HookSucceeded" | "HookFailed";

/** What makes a hook of an object. */
export interface Hook {
  readonly phase: HookPhase;
  readonly deletePolicy?: HookDeletePolicy;
  /** Order within the phase. Absent: 0. */
  readonly wave?: number;
}

/** What Argo CD does with one object otherwise than with the rest of its Application. */
export type ObjectSyncOption = "Prune=false" | "Delete=false" | "SkipDryRunOnMissingResource=true";

/**
 * Annotations that make a hook of an object, such as a Job that tells running servers of new accounts. It runs in each full sync, and
 * in no other: not in one of some objects, which self-healing is, and not with the strategy `apply` (Argo CD 3.2).
 */
export function hookAnnotations({ phase, deletePolicy, wave }: Hook): Record<string, string> {
  return {
    "argocd.argoproj.io/hook": phase,
    ...(deletePolicy === undefined ? {} : { "argocd.argoproj.io/hook-delete-policy": deletePolicy }),
    ...(wave === undefined ? {} : waveAnnotation(wave)),
  };
}

/** The annotation of an object, or of an Application in an app of apps, that is applied once all of the lower waves are healthy. */
export function waveAnnotation(wave: number): Record<string, string> {
  return { "argocd.argoproj.io/sync-wave": String(wave) };
}

/** The annotation with options of one object; none where there are none. */
export function syncOptionsAnnotation(options: readonly ObjectSyncOption[]): Record<string, string> {
  return options.length === 0 ? {} : { "argocd.argoproj.io/sync-options": options.join(",") };
}
