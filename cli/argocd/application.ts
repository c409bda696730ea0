import { CustomObjectsApi, PatchStrategy, setHeaderOptions, type KubeConfig } from "@kubernetes/client-node";

/** What an operation was asked to do. */
export interface Operation {
  readonly initiatedBy?: { readonly username?: string; readonly automated?: boolean };
  readonly retry?: object;
  readonly sync?: {
    readonly prune?: boolean;
    readonly resources?: readonly object[];
    readonly syncOptions?: readonly string[];
    readonly syncStrategy?: { readonly apply?: object; readonly hook?: object };
  };
}

/** What became of an object in a sync. */
export interface SyncedObject {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly message?: string;
  /** Synced, SyncFailed, Pruned or PruneSkipped; of a hook none. */
  readonly status?: string;
  /** Running, Succeeded, Failed or Error. */
  readonly hookPhase?: string;
  /** Phase of a hook. */
  readonly hookType?: string;
}

/** What this program reads of an Application in a cluster. */
export interface LiveApplication {
  readonly metadata: { readonly name: string; readonly resourceVersion?: string };
  readonly operation?: Operation;
  readonly spec: {
    readonly syncPolicy?: {
      readonly automated?: { readonly prune?: boolean; readonly enabled?: boolean };
      readonly syncOptions?: readonly string[];
      readonly retry?: object;
    };
  };
  readonly status?: {
    readonly operationState?: {
      readonly phase: string;
      readonly message?: string;
      readonly startedAt?: string;
      readonly finishedAt?: string;
      readonly operation?: Operation;
      readonly syncResult?: { readonly revision?: string; readonly resources?: readonly SyncedObject[] };
    };
  };
}

/** The Applications of a namespace. */
export interface Applications {
  read(name: string): Promise<LiveApplication>;
  list(): Promise<LiveApplication[]>;
  /** A merge patch. */
  patch(name: string, body: object): Promise<void>;
}

/** The Applications of Argo CD's namespace in a cluster. */
export function applicationsIn(config: KubeConfig, namespace: string): Applications {
  const api = config.makeApiClient(CustomObjectsApi);
  const kind = { group: "argoproj.io", version: "v1alpha1", namespace, plural: "applications" };
  return {
    read: async (name) => (await api.getNamespacedCustomObject({ ...kind, name })) as LiveApplication,
    list: async () => ((await api.listNamespacedCustomObject(kind)) as { items: LiveApplication[] }).items,
    async patch(name, body) {
      const options = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
      await api.patchNamespacedCustomObject({ ...kind, name, body }, options);
    },
  };
}
