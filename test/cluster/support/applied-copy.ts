import type { Cluster } from "../../../tools/cluster/cluster.ts";
import { configure } from "../../engine/support/configuration.ts";
import { freshCopy, type ProjectCopy } from "../../engine/support/project-copy.ts";

/** Namespaces that the dev stack delivers credentials to, beside the servers' own. */
export const WORKLOADS = ["monitoring", "orders", "billing", "audit", "iot"];

/** A copy of the project whose dev stack is applied to this cluster, and on which nothing has run yet. */
export async function appliedCopy({ context, kubeconfig }: Cluster): Promise<ProjectCopy> {
  const copy = await freshCopy();
  configure(copy, ["regions", "local", "target"], { context, clusterIdentifier: "the-ring", kubeconfig });
  return copy;
}
