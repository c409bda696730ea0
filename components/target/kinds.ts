import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/**
 * The Kubernetes kinds that this program makes, each with what the apply target constructs and the folder that the
 * render target puts it in. The folders' names sort in the order in which the objects have to be applied.
 */
export const kinds = {
  Namespace: { apiVersion: "v1", resource: k8s.core.v1.Namespace, folder: "0-namespaces" },
  ServiceAccount: { apiVersion: "v1", resource: k8s.core.v1.ServiceAccount, folder: "1-configuration" },
  Secret: { apiVersion: "v1", resource: k8s.core.v1.Secret, folder: "1-configuration" },
  Service: { apiVersion: "v1", resource: k8s.core.v1.Service, folder: "2-network" },
  PodDisruptionBudget: { apiVersion: "policy/v1", resource: k8s.policy.v1.PodDisruptionBudget, folder: "2-network" },
  StatefulSet: { apiVersion: "apps/v1", resource: k8s.apps.v1.StatefulSet, folder: "3-workloads" },
} as const;

export type Kind = keyof typeof kinds;

/** The arguments of each kind, of which the name and the namespace must be known: other systems refer to them. */
export interface ManifestArgs {
  Namespace: Named<k8s.core.v1.NamespaceArgs>;
  ServiceAccount: Named<k8s.core.v1.ServiceAccountArgs>;
  Secret: Named<k8s.core.v1.SecretArgs>;
  Service: Named<k8s.core.v1.ServiceArgs>;
  PodDisruptionBudget: Named<k8s.policy.v1.PodDisruptionBudgetArgs>;
  StatefulSet: Named<k8s.apps.v1.StatefulSetArgs>;
}

/** An object's metadata, with names that a plan can state. */
export interface NamedMetadata {
  name: string;
  namespace?: string;
  labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  annotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

type Named<Args> = Omit<Args, "apiVersion" | "kind" | "metadata"> & { metadata: NamedMetadata };
