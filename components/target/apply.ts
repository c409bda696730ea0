import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { kinds } from "./kinds.ts";
import type { ClusterTarget } from "./target.ts";

/** A cluster that Pulumi can reach. */
export interface ClusterAccess {
  /** Name of the kubeconfig context. */
  context: string;
  /** What tells this cluster from others for ever, whatever its address, context or credentials become. */
  clusterIdentifier: string;
  /** Path of the kubeconfig; by default the one that `kubectl` would take. */
  kubeconfig?: string | undefined;
}

/** A target that applies objects to a cluster. */
export function applyTarget(name: string, { context, clusterIdentifier, kubeconfig }: ClusterAccess): ClusterTarget {
  const provider = new k8s.Provider(name, {
    context,
    clusterIdentifier,
    // Empty, not absent: the SDK would record this machine's $KUBECONFIG in the state. The provider finds it by itself.
    kubeconfig: kubeconfig ?? "",
    // A Secret that changes is updated in place: otherwise it is deleted first, and its pods find none for a moment.
    enableSecretMutable: true,
  });
  return {
    place(kind, resourceName, manifest, opts) {
      const construct = kinds[kind].resource as new (name: string, args: object, opts: object) => pulumi.CustomResource;
      return new construct(resourceName, manifest, { ...opts, provider });
    },
    summary: { context, cluster: clusterIdentifier },
  };
}
