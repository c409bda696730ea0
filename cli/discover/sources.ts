import {
  CoreV1Api,
  CustomObjectsApi,
  type KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
} from "@kubernetes/client-node";
import type { ControllerSettings } from "../../components/discovery/settings.ts";
import type { AskingObject } from "./request.ts";

const NACK = { group: "jetstream.nats.io", version: "v1beta2", plural: "accounts" } as const;

/** Something to watch: objects of one kind that ask with labels of one prefix. */
export interface Source {
  readonly name: string;
  readonly prefix: string;
  readonly kind: AskingObject["kind"];
  readonly apiVersion: string;
  readonly path: string;
  readonly list: (labelSelector: string) => Promise<KubernetesListObject<KubernetesObject>>;
  /** Right that it takes, as RBAC names it. */
  readonly right: string;
  readonly mayBeAbsent: boolean;
}

/** Everything to watch. */
export function sourcesOf(
  config: KubeConfig,
  { namespace, labelPrefixes, nack }: Pick<ControllerSettings, "namespace" | "labelPrefixes" | "nack">,
): Source[] {
  return labelPrefixes.flatMap((prefix) => [
    podsOf(config, namespace, prefix),
    ...(nack ? [accountsOf(config, namespace, prefix)] : []),
  ]);
}

function podsOf(config: KubeConfig, namespace: string | undefined, prefix: string): Source {
  const core = config.makeApiClient(CoreV1Api);
  return {
    name: `pods with ${prefix}secret`,
    prefix,
    kind: "Pod",
    apiVersion: "v1",
    path: namespace === undefined ? "/api/v1/pods" : `/api/v1/namespaces/${namespace}/pods`,
    list: (labelSelector) =>
      namespace === undefined
        ? core.listPodForAllNamespaces({ labelSelector })
        : core.listNamespacedPod({ namespace, labelSelector }),
    right: "list pods",
    mayBeAbsent: false,
  };
}

function accountsOf(config: KubeConfig, namespace: string | undefined, prefix: string): Source {
  const { group, version, plural } = NACK;
  const custom = config.makeApiClient(CustomObjectsApi);
  const root = `/apis/${group}/${version}`;
  return {
    name: `accounts.${group} with ${prefix}secret`,
    prefix,
    kind: "Account",
    apiVersion: `${group}/${version}`,
    path: namespace === undefined ? `${root}/${plural}` : `${root}/namespaces/${namespace}/${plural}`,
    list: async (labelSelector) =>
      (await (namespace === undefined
        ? custom.listClusterCustomObject({ group, version, plural, labelSelector })
        : custom.listNamespacedCustomObject({
            group,
            version,
            plural,
            namespace,
            labelSelector,
          }))) as KubernetesListObject<KubernetesObject>,
    right: `list accounts.${group}`,
    mayBeAbsent: true,
  };
}

/** What counts of an object; undefined where the API left out what every object has. */
export function askingObject(
  { metadata }: KubernetesObject,
  kind: AskingObject["kind"],
  apiVersion: string,
): AskingObject | undefined {
  if (metadata?.name === undefined || metadata.namespace === undefined || metadata.uid === undefined) return undefined;
  const { name, namespace, uid, creationTimestamp, labels = {}, annotations = {} } = metadata;
  // A watch gives the text as it is on the wire, a list an object.
  const createdAt = creationTimestamp === undefined ? "" : new Date(creationTimestamp).toISOString();
  return { apiVersion, kind, namespace, name, uid, createdAt, labels, annotations };
}
