import { KubeConfig } from "@kubernetes/client-node";
import type { ArgocdSettings } from "../../config/argocd/schema.ts";
import { kubeConfigOf } from "../../providers/kubernetes/cluster.ts";
import type { NamedCluster } from "./arguments.ts";

/** The cluster that Argo CD runs in: the one that was named, else the one that the stack applies to, else kubectl's current one. */
export function connectionTo({ target }: Pick<ArgocdSettings, "target">, named: NamedCluster): KubeConfig {
  const applied = "context" in target ? target : undefined;
  const context = named.context ?? applied?.context ?? currentContext(named.kubeconfig);
  const kubeconfig = named.kubeconfig ?? (named.context === undefined ? applied?.kubeconfig : undefined);
  return kubeConfigOf({ context, clusterIdentifier: context, kubeconfig });
}

function currentContext(file: string | undefined): string {
  const config = new KubeConfig();
  try {
    if (file === undefined) config.loadFromDefault();
    else config.loadFromFile(file);
  } catch {
    // Said by what reads it for its clusters.
    return "";
  }
  return config.getCurrentContext();
}
