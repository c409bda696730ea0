import {
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  type KubeConfig,
  type V1ObjectMeta,
  type V1PodTemplateSpec,
} from "@kubernetes/client-node";
import { kubernetesFailure, statusOf } from "../../../providers/kubernetes/failure.ts";
import { applicationsIn, type LiveApplication } from "../../argocd/application.ts";
import { deniedNamespaces } from "./access.ts";

/** Parts of Argo CD that work for a stack. argocd-server and Redis only show, or are asked by these. */
export const components = ["application-controller", "repo-server", "applicationset-controller"] as const;

export type Component = (typeof components)[number];

/** A part of Argo CD: a Deployment, or a StatefulSet. */
export interface Workload {
  readonly metadata?: Pick<V1ObjectMeta, "name" | "labels">;
  readonly spec?: { readonly template: V1PodTemplateSpec };
  readonly status?: { readonly readyReplicas?: number };
}

/** An Argo CD in a cluster, as far as a stack depends on it. */
export interface Installation {
  readonly namespace: string;
  /** Kinds of argoproj.io/v1alpha1 that the cluster knows. */
  readonly kinds: readonly string[];
  /** ConfigMaps by name; those that are not there are left out. */
  readonly configMaps: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly workloads: Readonly<Partial<Record<Component, Workload>>>;
  readonly applications: readonly LiveApplication[];
  /** Namespaces of Argo CD's own cluster in which its controller may not make Deployments; undefined where nobody may ask that. */
  readonly denied?: readonly string[] | undefined;
}

/**
 * Reads the Argo CD of a namespace.
 *
 * @param inCluster namespaces of the same cluster that Applications go to
 */
export async function readInstallation(
  config: KubeConfig,
  namespace: string,
  inCluster: readonly string[],
): Promise<Installation> {
  const asked = <T>(resource: string, answer: Promise<T>) =>
    answer.catch((error: unknown) => {
      throw kubernetesFailure(error, `list ${resource}`, `namespace ${namespace} of ${config.getCurrentContext()}`);
    });
  const core = config.makeApiClient(CoreV1Api);
  const apps = config.makeApiClient(AppsV1Api);
  const [configMaps, deployments, statefulSets, kinds] = await Promise.all([
    asked("configmaps", core.listNamespacedConfigMap({ namespace })),
    asked("deployments.apps", apps.listNamespacedDeployment({ namespace })),
    asked("statefulsets.apps", apps.listNamespacedStatefulSet({ namespace })),
    knownKinds(config),
  ]);
  const workloads = workloadsIn([...deployments.items, ...statefulSets.items]);
  const applications = kinds.includes("Application")
    ? await asked("applications.argoproj.io", applicationsIn(config, namespace).list())
    : [];
  const account = workloads["application-controller"]?.spec?.template.spec?.serviceAccountName ?? "default";
  return {
    namespace,
    kinds,
    configMaps: Object.fromEntries(
      configMaps.items.map(({ metadata, data }) => [metadata?.name ?? "", data ?? {}] as const),
    ),
    workloads,
    applications,
    denied: await deniedNamespaces(config, { namespace, account }, inCluster),
  };
}

/** By the label that both the manifests and the chart give them: a release's name is in the names that the chart gives. */
function workloadsIn(all: readonly Workload[]): Partial<Record<Component, Workload>> {
  return Object.fromEntries(
    components.flatMap((component) => {
      const found = all.find(({ metadata }) => metadata?.labels?.["app.kubernetes.io/component"] === component);
      return found === undefined ? [] : [[component, found]];
    }),
  );
}

async function knownKinds(config: KubeConfig): Promise<string[]> {
  try {
    const api = config.makeApiClient(CustomObjectsApi);
    const { resources } = await api.getAPIResources({ group: "argoproj.io", version: "v1alpha1" });
    return resources.map(({ kind }) => kind);
  } catch (error) {
    if (statusOf(error) === 404) return [];
    throw kubernetesFailure(error, "get /apis/argoproj.io", config.getCurrentContext());
  }
}
