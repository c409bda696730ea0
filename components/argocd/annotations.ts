/** What Argo CD does with one object otherwise than with the rest of its Application. */
export type ObjectSyncOption = "Prune=false" | "Delete=false" | "SkipDryRunOnMissingResource=true";

/** The annotation of an object, or of an Application in an app of apps, that is applied once all of the lower waves are healthy. */
export function waveAnnotation(wave: number): Record<string, string> {
  return { "argocd.argoproj.io/sync-wave": String(wave) };
}

/** The annotation with options of one object; none where there are none. */
export function syncOptionsAnnotation(options: readonly ObjectSyncOption[]): Record<string, string> {
  return options.length === 0 ? {} : { "argocd.argoproj.io/sync-options": options.join(",") };
}
