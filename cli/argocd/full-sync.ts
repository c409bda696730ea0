import type { LiveApplication, Operation, SyncedObject } from "./application.ts";

/** Who Argo CD says has asked for the sync. */
const USER = "nats-platform";

/**
 * An operation in which hooks run: not the strategy `apply`, and no choice of resources. What stands in the Application's sync policy
 * has to be in it: Argo CD copies it for its own syncs and for those that its server is asked for, and for no others (3.2).
 */
export function fullSync({ spec: { syncPolicy = {} } }: Pick<LiveApplication, "spec">): Operation {
  const { automated, retry, syncOptions = [] } = syncPolicy;
  return {
    initiatedBy: { username: USER },
    ...(retry === undefined ? {} : { retry }),
    sync: {
      ...(automated?.prune === true ? { prune: true } : {}),
      ...(syncOptions.length === 0 ? {} : { syncOptions }),
      syncStrategy: { hook: {} },
    },
  };
}

/** Why an operation runs no hooks; undefined where it does. */
export function skipsHooks({ sync }: Operation): string | undefined {
  if (sync?.syncStrategy?.apply !== undefined) return "it had the strategy apply";
  if ((sync?.resources ?? []).length > 0) return "it was a sync of some objects only, as self-healing is";
  return undefined;
}

/** How a sync has ended. */
export interface Outcome {
  readonly isSuccess: boolean;
  readonly lines: readonly string[];
}

/** How a sync has ended; undefined while it has not: Argo CD takes the operation away in the write that says how it ended. */
export function outcomeOf({ metadata, operation, status }: LiveApplication): Outcome | undefined {
  const state = status?.operationState;
  if (operation !== undefined || state === undefined) return undefined;
  const objects = state.syncResult?.resources ?? [];
  const hooks = objects.filter(({ hookType }) => hookType !== undefined && hookType !== "");
  const failed = objects.filter(
    (it) => !hooks.includes(it) && (it.status === "SyncFailed" || it.hookPhase === "Failed"),
  );
  return {
    isSuccess: state.phase === "Succeeded",
    lines: [
      `${metadata.name}: ${state.phase}${state.message === undefined ? "" : `: ${state.message}`}`,
      ...hooks.map((it) => `  ${it.hookType ?? ""} hook ${nameOf(it)}: ${it.hookPhase ?? ""}${because(it)}`),
      ...(hooks.length === 0 ? ["  no hooks"] : []),
      ...failed.map((it) => `  ${nameOf(it)}: ${it.status ?? ""}${because(it)}`),
    ],
  };
}

/** What an operation that has not ended is at. */
export function waitingFor({ status }: Pick<LiveApplication, "status">): string {
  const state = status?.operationState ?? undefined;
  if (state === undefined) return "no application controller has taken up the operation yet";
  return state.message === undefined || state.message === "" ? state.phase : `${state.phase}: ${state.message}`;
}

function nameOf({ kind, namespace, name }: SyncedObject): string {
  return [kind, ...(namespace === undefined ? [] : [namespace]), name].join("/");
}

function because({ message }: SyncedObject): string {
  return message === undefined || message === "" ? "" : `: ${message}`;
}
