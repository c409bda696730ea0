import {
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  type CoreV1Event,
} from "@kubernetes/client-node";
import { statusOf } from "../../../providers/kubernetes/failure.ts";
import type { ControlPlane } from "./control-plane.ts";

/** Labels as a workload writes them: words, to which Tower's prefix is added. */
export type Words = Readonly<Record<string, string>>;

const PREFIX = "nats-tower.com/nats-tower-";

/** Words with a prefix before each. */
export function prefixed(words: Words, prefix = PREFIX): Record<string, string> {
  return Object.fromEntries(Object.entries(words).map(([word, value]) => [`${prefix}${word}`, value]));
}

/** What a team does in a cluster: an administrator's client, with words for what the tests need. */
export interface Team {
  readonly core: CoreV1Api;
  makeNamespace(name: string): Promise<void>;
  makePod(namespace: string, name: string, labels: Words, annotations?: Words, prefix?: string): Promise<void>;
  /** Changes labels of a pod; null takes one away. */
  label(namespace: string, name: string, labels: Readonly<Record<string, string | null>>): Promise<void>;
  deletePod(namespace: string, name: string): Promise<void>;
  makeNackAccount(namespace: string, name: string, labels: Words): Promise<void>;
  deleteNackAccount(namespace: string, name: string): Promise<void>;
  /** The content of a Secret, decoded, or undefined where there is none. */
  secret(namespace: string, name: string): Promise<TeamSecret | undefined>;
  events(namespace: string, object: string): Promise<readonly CoreV1Event[]>;
  configMap(name: string): Promise<Readonly<Record<string, string>>>;
}

/** A Secret as a team sees it. */
export interface TeamSecret {
  readonly uid: string;
  readonly version: string;
  readonly labels: Words;
  readonly annotations: Words;
  readonly data: Words;
}

const accounts = { group: "jetstream.nats.io", version: "v1beta2", plural: "accounts" };

/** A team with every right. */
export function teamOn({ kubeconfig }: Pick<ControlPlane, "kubeconfig">, home = "nats"): Team {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const custom = config.makeApiClient(CustomObjectsApi);
  return {
    core,
    async makeNamespace(name) {
      await core.createNamespace({ body: { metadata: { name } } });
      // What the controller manager, which these rings do without, makes in each namespace.
      await core.createNamespacedServiceAccount({ namespace: name, body: { metadata: { name: "default" } } });
    },
    async makePod(namespace, name, labels, annotations = {}, prefix = PREFIX) {
      await core.createNamespacedPod({
        namespace,
        body: {
          metadata: { name, labels: prefixed(labels, prefix), annotations: prefixed(annotations, prefix) },
          spec: { automountServiceAccountToken: false, containers: [{ name: "main", image: "pause:ring" }] },
        },
      });
    },
    async label(namespace, name, labels) {
      const body = {
        metadata: {
          labels: Object.fromEntries(Object.entries(labels).map(([word, value]) => [`${PREFIX}${word}`, value])),
        },
      };
      const options = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
      await core.patchNamespacedPod({ namespace, name, body }, options);
    },
    async deletePod(namespace, name) {
      await core.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: 0 });
    },
    async makeNackAccount(namespace, name, labels) {
      const body = {
        apiVersion: "jetstream.nats.io/v1beta2",
        kind: "Account",
        metadata: { name, labels: prefixed(labels) },
        spec: { name, servers: ["nats://nats.nats:4222"], creds: { file: "nats.creds", secret: { name: "nack" } } },
      };
      await custom.createNamespacedCustomObject({ ...accounts, namespace, body });
    },
    async deleteNackAccount(namespace, name) {
      await custom.deleteNamespacedCustomObject({ ...accounts, namespace, name });
    },
    async secret(namespace, name) {
      try {
        const { metadata, data = {} } = await core.readNamespacedSecret({ namespace, name });
        return {
          uid: metadata?.uid ?? "",
          version: metadata?.resourceVersion ?? "",
          labels: metadata?.labels ?? {},
          annotations: metadata?.annotations ?? {},
          data: Object.fromEntries(
            Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
          ),
        };
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw error;
      }
    },
    async events(namespace, object) {
      const { items } = await core.listNamespacedEvent({ namespace, fieldSelector: `involvedObject.name=${object}` });
      return items;
    },
    async configMap(name) {
      return (await core.readNamespacedConfigMap({ namespace: home, name })).data ?? {};
    },
  };
}
