import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess } from "../../providers/kubernetes/cluster.ts";
import { kinds, type NamedMetadata } from "./kinds.ts";
import type { ClusterTarget } from "./target.ts";

/** A target that applies objects to a cluster. */
export function applyTarget(name: string, { context, clusterIdentifier, kubeconfig }: ClusterAccess): ClusterTarget {
  const provider = new k8s.Provider(name, {
    context,
    clusterIdentifier,
    // Empty, not absent: the SDK would record this machine's $KUBECONFIG in the state. The provider finds it by itself.
    kubeconfig: kubeconfig ?? "",
    // One that changes is updated in place: otherwise it is deleted first, and its pods find none for a moment.
    enableSecretMutable: true,
    enableConfigMapMutable: true,
  });
  return {
    place(kind, resourceName, manifest, opts) {
      const construct = kinds[kind].resource as new (name: string, args: object, opts: object) => pulumi.CustomResource;
      const metadata = { ...manifest.metadata, annotations: withForce(manifest.metadata.annotations) };
      return new construct(resourceName, { ...manifest, metadata }, { ...opts, provider });
    },
    cluster: { context, clusterIdentifier, ...(kubeconfig === undefined ? {} : { kubeconfig }) },
    summary: { context, cluster: clusterIdentifier },
  };
}

/**
 * Kubernetes gives an edited field to the one who edited it, and provider 4.25 would fail on it in every later update. With this
 * annotation it takes the field back.
 */
function withForce(annotations: NamedMetadata["annotations"]): pulumi.Output<Record<string, string>> {
  return pulumi
    .output(annotations)
    .apply((own): Record<string, string> => ({ ...own, "pulumi.com/patchForce": "true" }));
}
