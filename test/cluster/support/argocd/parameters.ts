/**
 * What the Deployments of Argo CD 3.2 (manifests/base) make of entries of `argocd-cmd-params-cm`: variables of the environment of its
 * programs, which do not read that ConfigMap themselves.
 */
const VARIABLES: Readonly<Record<string, string>> = {
  "application.namespaces": "ARGOCD_APPLICATION_NAMESPACES",
  "applicationsetcontroller.enable.progressive.syncs": "ARGOCD_APPLICATIONSET_CONTROLLER_ENABLE_PROGRESSIVE_SYNCS",
  "applicationsetcontroller.policy": "ARGOCD_APPLICATIONSET_CONTROLLER_POLICY",
  "controller.diff.server.side": "ARGOCD_APPLICATION_CONTROLLER_SERVER_SIDE_DIFF",
  "controller.repo.server.timeout.seconds": "ARGOCD_APPLICATION_CONTROLLER_REPO_SERVER_TIMEOUT_SECONDS",
  "controller.self.heal.timeout.seconds": "ARGOCD_APPLICATION_CONTROLLER_SELF_HEAL_TIMEOUT_SECONDS",
  "controller.sync.wave.delay.seconds": "ARGOCD_SYNC_WAVE_DELAY",
  "reposerver.parallelism.limit": "ARGOCD_REPO_SERVER_PARALLELISM_LIMIT",
};

/** The environment that these parameters mean. */
export function parameterVariables(parameters: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => {
      const variable = VARIABLES[name];
      if (variable === undefined)
        throw new Error(`argocd-cmd-params-cm: found ${name}, but the ring knows ${Object.keys(VARIABLES).join(", ")}`);
      return [variable, value];
    }),
  );
}
