/** What Argo CD's plugin server reads from its plugin.yaml. It is no kind of the cluster: it must not be applied. */
export interface ConfigManagementPlugin {
  readonly apiVersion: "argoproj.io/v1alpha1";
  readonly kind: "ConfigManagementPlugin";
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly version: string;
    readonly discover: { readonly fileName: string };
    readonly generate: { readonly command: readonly string[]; readonly args: readonly string[] };
  };
}

/** The file that a helmfile fleet is in. An Application that names the plugin and whose path lacks it is refused by the repo server. */
export const HELMFILE = "helmfile.yaml.gotmpl";

const NAME = "helmfile";
const VERSION = "v1.0";

/** By what Applications name the plugin: of a plugin with a version, Argo CD makes both its name. */
export const HELMFILE_PLUGIN = `${NAME}-${VERSION}`;

/**
 * What the plugin's container has to have in its environment. The image has these folders below a home that user 999, whom Argo CD
 * prescribes, can't write to; and helmfile would ask GitHub whether there is a newer one.
 */
export const helmfileEnvironment: Readonly<Record<string, string>> = {
  HELM_CACHE_HOME: "/tmp/helm/cache",
  HELM_CONFIG_HOME: "/tmp/helm/config",
  HELM_DATA_HOME: "/tmp/helm/data",
  HELMFILE_CACHE_HOME: "/tmp/helmfile",
  HELMFILE_UPGRADE_NOTICE_DISABLED: "true",
};

/**
 * Renders what a helmfile says. Charts must be in the repository: nothing is fetched. What the cluster is comes from Argo CD, which
 * passes it to a plugin as KUBE_VERSION and KUBE_API_VERSIONS and leaves the rest to it. Nothing at all is taken for a mistake: a sync
 * that prunes would delete the fleet. (helmfile itself fails without a release, but not when none is installed or renders anything.)
 */
const script = `set -euo pipefail
rendered=$(helmfile -q template --skip-deps --include-crds \\
  --kube-version "$KUBE_VERSION" --args "--api-versions=$KUBE_API_VERSIONS")
if [[ $rendered != *kind:* ]]; then
  echo "${HELMFILE} renders no object, but a fleet has some" >&2
  exit 1
fi
echo "$rendered"
`;

/** The plugin that renders a fleet's helmfile, named {@link HELMFILE_PLUGIN}. */
export function helmfilePlugin(): ConfigManagementPlugin {
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "ConfigManagementPlugin",
    metadata: { name: NAME },
    spec: {
      version: VERSION,
      discover: { fileName: HELMFILE },
      generate: { command: ["bash", "-c"], args: [script] },
    },
  };
}
