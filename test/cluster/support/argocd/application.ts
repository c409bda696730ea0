/** What the tests look at in an Application. */
export interface Application {
  readonly metadata: {
    readonly name: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly syncPolicy?: { readonly syncOptions?: readonly string[] } };
  /** Asked for and not done. */
  readonly operation?: unknown;
  readonly status?: ApplicationStatus;
}

/** What the controller says of an Application. */
export interface ApplicationStatus {
  readonly sync?: { readonly status: string; readonly revision?: string; readonly revisions?: readonly string[] };
  readonly health?: { readonly status: string };
  readonly conditions?: readonly { readonly type: string; readonly message: string }[];
  readonly resources?: readonly Resource[];
  readonly history?: readonly { readonly id: number; readonly revision?: string }[];
  readonly operationState?: OperationState;
}

/** An object that an Application renders, as its status has it. */
export interface Resource {
  readonly group?: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly status?: string;
  readonly health?: { readonly status: string };
  /** Whether it is a hook. Then it is here as long as it exists, is compared with nothing, and has no status. */
  readonly hook?: boolean;
}

/** The last sync, or the one that runs. */
export interface OperationState {
  readonly phase: "Running" | "Terminating" | "Succeeded" | "Failed" | "Error";
  readonly message?: string;
  readonly startedAt: string;
  readonly operation: {
    readonly info?: readonly { readonly name: string; readonly value: string }[];
    readonly initiatedBy?: { readonly automated?: boolean };
    readonly sync?: { readonly resources?: readonly object[] };
  };
  readonly syncResult?: {
    readonly revision?: string;
    readonly resources?: readonly SyncedResource[];
  };
}

/** What a sync did to an object. */
export interface SyncedResource {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly status?: string;
  readonly message?: string;
  /** With a hook: the phase in which it ran. */
  readonly hookType?: string;
  readonly hookPhase?: string;
}

/** Names of the hooks that a sync ran. */
export function hooksOf(state: OperationState | undefined): string[] {
  const resources = state?.syncResult?.resources ?? [];
  return resources.filter(({ hookType }) => (hookType ?? "") !== "").map(({ name }) => name);
}

/** Whether all that an Application renders is in the cluster and well, with nothing under way. */
export function isSyncedAndHealthy({ operation, status }: Application): boolean {
  return (
    operation === undefined &&
    status?.sync?.status === "Synced" &&
    status.health?.status === "Healthy" &&
    (status.operationState === undefined || status.operationState.phase === "Succeeded")
  );
}

/** An Application's state in a line, for when it is not what a test waits for. */
export function inWords({ metadata, status = {} }: Application): string {
  const { sync, health, conditions = [], resources = [], operationState } = status;
  const bad = resources.filter(
    (it) => it.status !== "Synced" || (it.health ?? { status: "Healthy" }).status !== "Healthy",
  );
  return [
    `${metadata.name}: ${sync?.status ?? "not compared"}, ${health?.status ?? "no health"}`,
    ...conditions.map(({ type, message }) => `${type}: ${message}`),
    ...bad.map((it) => `${it.kind} ${it.namespace ?? ""}/${it.name} ${it.status ?? ""} ${it.health?.status ?? ""}`),
    ...(operationState === undefined ? [] : [`sync ${operationState.phase}: ${operationState.message ?? ""}`]),
  ].join("; ");
}
