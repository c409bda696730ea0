import { IN_CLUSTER } from "../../config/argocd/clusters.ts";
import type { PlannedApplication, PlannedDestination } from "../../config/argocd/plan.ts";
import type { ArgocdSettings } from "../../config/argocd/schema.ts";
import { repositoryAddress } from "../../config/argocd/urls.ts";
import type { ApplicationSource, ApplicationSpec } from "../target/argo-cd.ts";
import type { ManifestArgs } from "../target/index.ts";
import { HELMFILE_PLUGIN } from "./plugin.ts";
import { ignoredDifferences, syncPolicy } from "./sync-policy.ts";

/** Deletes the workloads with their Application. Without it they stay. */
export const RESOURCES_FINALIZER = "resources-finalizer.argocd.argoproj.io/foreground";

const WAVE = "argocd.argoproj.io/sync-wave";
const MANIFEST_PATHS = "argocd.argoproj.io/manifest-generate-paths";

/** What an Application is made with. */
export type ApplicationSettingsOf = Pick<ArgocdSettings, "namespace" | "project" | "repositories" | "version">;

/** An Application that is ours: a fixed point of what Argo CD makes of it, in which nothing is empty. */
export function application(planned: PlannedApplication, argocd: ApplicationSettingsOf): ManifestArgs["Application"] {
  const annotations = annotationsOf(planned);
  return {
    metadata: {
      name: planned.name,
      namespace: argocd.namespace,
      labels: planned.labels,
      ...(annotations === undefined ? {} : { annotations }),
      ...(planned.removal === "delete" ? { finalizers: [RESOURCES_FINALIZER] } : {}),
    },
    spec: {
      project: argocd.project.name,
      source: sourceSpec(planned, argocd),
      destination: destinationSpec(planned.destination),
      syncPolicy: syncPolicy(planned.sync, argocd),
      ...afterwards(planned),
    },
  };
}

/** What of an Application's annotations says something; undefined where nothing does. */
export function annotationsOf({ wave, manifestPaths }: PlannedApplication): Record<string, string> | undefined {
  const annotations = {
    ...(wave === undefined || wave === 0 ? {} : { [WAVE]: String(wave) }),
    ...(manifestPaths.length === 0 ? {} : { [MANIFEST_PATHS]: manifestPaths.map(fromRoot).join(";") }),
  };
  return Object.keys(annotations).length === 0 ? undefined : annotations;
}

/** Argo CD takes a path without a slash as one below the Application's own folder. */
function fromRoot(path: string): string {
  return path === "." ? "/" : `/${path}`;
}

function sourceSpec(planned: PlannedApplication, argocd: ApplicationSettingsOf): ApplicationSource {
  return { ...repositorySpec(planned, argocd), ...planned.source, ...renderingSpec(planned) };
}

/** Repository and revision. */
export function repositorySpec(
  { repository, revision }: Pick<PlannedApplication, "repository" | "revision">,
  { repositories }: ApplicationSettingsOf,
): Pick<ApplicationSource, "repoURL" | "targetRevision"> {
  const found = Object.hasOwn(repositories, repository) ? repositories[repository] : undefined;
  return { repoURL: found === undefined ? "" : repositoryAddress(found), targetRevision: revision };
}

/** How the manifests come out of the source. */
export function renderingSpec({
  rendering,
}: Pick<PlannedApplication, "rendering">): Pick<ApplicationSource, "helm" | "directory" | "plugin"> {
  switch (rendering.by) {
    case "directory":
      return { directory: { recurse: true } };
    case "helmfile":
      return { plugin: { name: HELMFILE_PLUGIN, env: pluginEnvironment(rendering.env) } };
    case "helm": {
      const { releaseName, valueFiles, values, skipCrds } = rendering;
      return {
        helm: {
          releaseName,
          ...(valueFiles.length === 0 ? {} : { valueFiles: [...valueFiles] }),
          ...(Object.keys(values).length === 0 ? {} : { valuesObject: values }),
          ...(skipCrds && { skipCrds }),
        },
      };
    }
  }
}

/** Argo CD puts its own variables in place of `$…`; two dollar signs are one. */
function pluginEnvironment(env: Readonly<Record<string, string>>): { name: string; value: string }[] {
  return Object.entries(env).map(([name, value]) => ({ name, value: value.replaceAll("$", "$$$$") }));
}

/** By name; but for Argo CD's own cluster, whose name an administrator may change, by address. */
export function destinationSpec({ cluster, namespace }: PlannedDestination): ApplicationSpec["destination"] {
  return {
    ...(cluster === IN_CLUSTER ? { server: "https://kubernetes.default.svc" } : { name: cluster }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/** What counts when an Application is compared, and what is remembered of it. */
export function afterwards({
  sync,
}: Pick<PlannedApplication, "sync">): Pick<ApplicationSpec, "ignoreDifferences" | "revisionHistoryLimit"> {
  return {
    ...(sync.ignore.length === 0 ? {} : { ignoreDifferences: ignoredDifferences(sync) }),
    ...(sync.history === undefined ? {} : { revisionHistoryLimit: sync.history }),
  };
}
