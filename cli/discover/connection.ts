import { KubeConfig } from "@kubernetes/client-node";
import { kubeConfigOf } from "../../providers/kubernetes/cluster.ts";
import { withSharedConnections } from "../../providers/kubernetes/shared-connections.ts";
import { Trouble } from "../../tools/project.ts";
import type { DiscoverArguments } from "./arguments.ts";

/** The cluster that the pod is in; for a person, the one of a kubeconfig's context. */
export function connectionOf({ context, kubeconfig }: DiscoverArguments): KubeConfig {
  if (context !== undefined) return kubeConfigOf({ context, clusterIdentifier: context, kubeconfig });
  if (process.env.KUBERNETES_SERVICE_HOST === undefined) {
    throw new Trouble("found no service account, for this is no pod: name a context of your kubeconfig with --context");
  }
  const config = new KubeConfig();
  config.loadFromCluster();
  return withSharedConnections(config);
}
