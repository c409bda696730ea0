import type { KubeConfig } from "@kubernetes/client-node";
import type { PlannedApplication } from "../../../config/argocd/plan.ts";
import type { ArgocdSettings } from "../../../config/argocd/schema.ts";
import type { Check } from "../check.ts";
import { checksOf, namespacesInCluster } from "./checks.ts";
import { readInstallation } from "./installation.ts";

/** Looks at the Argo CD in a cluster with the eyes of a stack. */
export async function examine(
  config: KubeConfig,
  settings: ArgocdSettings,
  planned: readonly PlannedApplication[],
): Promise<Check[]> {
  const installation = await readInstallation(config, settings.namespace, namespacesInCluster(planned));
  return checksOf(installation, settings, planned);
}
