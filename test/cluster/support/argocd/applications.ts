import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CustomObjectsApi, KubeConfig, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { statusOf } from "../../../../providers/kubernetes/failure.ts";
import { until, type Patience } from "../../../../tools/cluster/wait.ts";
import type { Place } from "../external-secrets.ts";
import { inWords, isSyncedAndHealthy, type Application, type OperationState, type Resource } from "./application.ts";
import { ARGOCD } from "./installation.ts";

/** How a sync is asked for. */
export interface SyncRequest {
  /** `hook`, which is what a sync does by itself, or `apply`. */
  readonly strategy?: "hook" | "apply";
  /** These objects only: a selective sync. */
  readonly resources?: readonly { readonly group?: string; readonly kind: string; readonly name: string }[];
  readonly prune?: boolean;
  /** In place of the Application's own. */
  readonly syncOptions?: readonly string[];
}

/** What people and programs do with Applications. */
export interface Applications {
  /** Makes or changes objects. A field that their kind does not have fails; what Kubernetes only warns of, Argo CD's own finalizer, does not. */
  apply(...objects: object[]): Promise<void>;
  application(name: string): Promise<Application>;
  /** Every Application. */
  applications(): Promise<readonly Application[]>;
  /** Waits until these Applications are Synced and Healthy with nothing under way, and returns them. */
  syncedAndHealthy(names: readonly string[], seconds?: number): Promise<readonly Application[]>;
  /** Asks for a comparison with what is in Git now, waits until it is done, and returns the outcome. @param hard without what is cached of manifests */
  refresh(name: string, how?: "normal" | "hard"): Promise<Application>;
  /**
   * Asks for a sync as `argocd app sync` does (by an operation that has the Application's sync options: the controller looks for them
   * nowhere else), and waits until it has ended, however it did.
   */
  sync(name: string, request?: SyncRequest): Promise<OperationState>;
  /** What an Application renders, as it stands in the cluster. */
  resourcesOf(name: string): Promise<readonly Resource[]>;
  /** Changes an Application by a merge patch. */
  patch(name: string, body: object): Promise<void>;
  /** Waits until an Application is gone. */
  gone(name: string): Promise<void>;
}

const kind = { group: "argoproj.io", version: "v1alpha1", namespace: ARGOCD, plural: "applications" };

/** The Applications of a cluster, for an administrator. */
export function applicationsOf(plane: Place, waiting: Omit<Patience, "seconds">): Applications {
  const config = new KubeConfig();
  config.loadFromFile(plane.kubeconfig);
  const api = config.makeApiClient(CustomObjectsApi);
  const mergePatch = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
  let requests = 0;

  const application = async (name: string) => (await api.getNamespacedCustomObject({ ...kind, name })) as Application;
  const applications = async () =>
    ((await api.listNamespacedCustomObject(kind)) as { items: readonly Application[] }).items;
  const patch = async (name: string, body: object) => {
    await api.patchNamespacedCustomObject({ ...kind, name, body }, mergePatch);
  };
  /** Waits for something of Applications, and tells what they are when it does not come. */
  async function waitFor<T>(
    what: string,
    names: readonly string[],
    ask: () => Promise<T | undefined | false>,
    seconds: number,
  ) {
    try {
      return await until(what, ask, { seconds, ...waiting });
    } catch (error) {
      const states = (await applications()).filter(({ metadata }) => names.includes(metadata.name)).map(inWords);
      throw new Error(`${states.join("\n")}\n${error instanceof Error ? error.message : String(error)}`);
    }
  }

  return {
    application,
    applications,
    patch,
    async apply(...objects) {
      const file = join(plane.folder, "applied-for-argocd.json");
      writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }), { mode: 0o600 });
      await plane.kubectl("apply", "--server-side", "--validate=strict", "-f", file);
    },
    syncedAndHealthy: (names, seconds = 180) =>
      waitFor(
        `${names.join(", ")}: Synced and Healthy`,
        names,
        async () => {
          const all = await applications();
          const found = names.flatMap((name) => all.find(({ metadata }) => metadata.name === name) ?? []);
          return found.length === names.length && found.every(isSyncedAndHealthy) && found;
        },
        seconds,
      ),
    async refresh(name, how = "normal") {
      const annotation = "argocd.argoproj.io/refresh";
      await patch(name, { metadata: { annotations: { [annotation]: how } } });
      const isDone = async () => {
        const now = await application(name);
        return now.metadata.annotations?.[annotation] === undefined && now;
      };
      return waitFor(`${name} is refreshed`, [name], isDone, 120);
    },
    async sync(name, request = {}) {
      const isFree = async () => {
        const now = await application(name);
        return now.operation === undefined && now;
      };
      const { spec } = await waitFor(`no sync of ${name} is under way`, [name], isFree, 120);
      const mark = { name: "request", value: String((requests += 1)) };
      const { strategy = "hook", ...rest } = request;
      const sync = { syncStrategy: { [strategy]: {} }, syncOptions: spec.syncPolicy?.syncOptions, ...rest };
      // The controller merges an operation into what is known of the last one: a choice of objects would stay. Hence without that.
      const operation = { initiatedBy: { username: "ring" }, info: [mark], sync };
      await patch(name, { operation, status: { operationState: null } });
      const isDone = async () => {
        const { operation, status } = await application(name);
        const state = status?.operationState;
        const isOurs = state?.operation.info?.some(({ value }) => value === mark.value) === true;
        return operation === undefined && isOurs && state;
      };
      return waitFor(`the sync of ${name} has ended`, [name], isDone, 180);
    },
    resourcesOf: async (name) => (await application(name)).status?.resources ?? [],
    async gone(name) {
      const isGone = () =>
        application(name).then(
          () => false,
          (error: unknown) => statusOf(error) === 404,
        );
      await waitFor(`${name} is gone`, [name], isGone, 120);
    },
  };
}
