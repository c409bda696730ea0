import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** API of Argo CD. */
export const ARGO_CD_API = "argoproj.io/v1alpha1";

/** What an AppProject permits. */
export interface AppProjectSpec {
  description?: string;
  sourceRepos: string[];
  /** Without a namespace: for Applications whose objects say their own. */
  destinations: { name?: string; server?: string; namespace?: string }[];
  clusterResourceWhitelist?: { group: string; kind: string }[];
  namespaceResourceBlacklist?: { group: string; kind: string }[];
  syncWindows?: {
    kind: "allow" | "deny";
    schedule: string;
    /** As Go prints a duration. */
    duration: string;
    timeZone: string;
    applications: string[];
    manualSync: boolean;
  }[];
  roles?: { name: string; description?: string; groups?: string[]; policies: string[] }[];
  orphanedResources?: { warn: boolean };
}

export interface AppProjectArgs {
  metadata: pulumi.Input<k8s.types.input.meta.v1.ObjectMeta>;
  spec: AppProjectSpec;
}

/** Where manifests come from. Argo CD takes empty objects away: none may stand here. */
export interface ApplicationSource {
  repoURL: string;
  targetRevision: string;
  path?: string;
  chart?: string;
  helm?: {
    releaseName?: string;
    valueFiles?: string[];
    valuesObject?: Record<string, unknown>;
    skipCrds?: boolean;
  };
  directory?: { recurse: boolean };
  plugin?: { name: string; env?: { name: string; value: string }[] };
}

/** How an Application is synced. */
export interface ApplicationSyncPolicy {
  automated?: { enabled?: boolean; prune?: boolean; selfHeal?: boolean; allowEmpty?: boolean };
  syncOptions?: string[];
  /** Without a limit: none. Without any of it, Argo CD tries five times. */
  retry?: { limit?: number; backoff: { duration: string; factor: number; maxDuration: string } };
}

/** One field that may differ. */
export interface IgnoredDifference {
  group?: string;
  kind: string;
  name?: string;
  namespace?: string;
  jsonPointers?: string[];
  jqPathExpressions?: string[];
  managedFieldsManagers?: string[];
}

export interface ApplicationSpec {
  project: string;
  source: ApplicationSource;
  /** One of name and server: the API server takes both, and Argo CD none. */
  destination: { name?: string; server?: string; namespace?: string };
  syncPolicy?: ApplicationSyncPolicy;
  ignoreDifferences?: IgnoredDifference[];
  revisionHistoryLimit?: number;
}

export interface ApplicationArgs {
  metadata: pulumi.Input<k8s.types.input.meta.v1.ObjectMeta>;
  spec: ApplicationSpec;
}

export interface ApplicationSetArgs {
  metadata: pulumi.Input<k8s.types.input.meta.v1.ObjectMeta>;
  spec: {
    goTemplate: true;
    goTemplateOptions: string[];
    generators: { list: { elements: Record<string, unknown>[] } }[];
    template: {
      metadata: {
        name: string;
        namespace?: string;
        labels?: Record<string, string>;
        annotations?: Record<string, string>;
        finalizers?: string[];
      };
      spec: ApplicationSpec;
    };
    /** What only text can't say: objects and booleans. */
    templatePatch?: string;
    syncPolicy?: { preserveResourcesOnDeletion?: boolean; applicationsSync?: string };
    strategy?: {
      type: "RollingSync";
      rollingSync: {
        steps: {
          matchExpressions: { key: string; operator: "In" | "NotIn"; values: string[] }[];
          maxUpdate?: string | number;
        }[];
      };
    };
  };
}

/** What Applications may do. */
export class AppProject extends k8s.apiextensions.CustomResource {
  constructor(name: string, args: AppProjectArgs, opts?: pulumi.CustomResourceOptions) {
    super(name, { ...args, apiVersion: ARGO_CD_API, kind: "AppProject" }, opts);
  }
}

/** What Argo CD keeps in a cluster as it is in a repository. */
export class Application extends k8s.apiextensions.CustomResource {
  constructor(name: string, args: ApplicationArgs, opts?: pulumi.CustomResourceOptions) {
    super(name, { ...args, apiVersion: ARGO_CD_API, kind: "Application" }, opts);
  }
}

/** Applications that Argo CD makes from a template. */
export class ApplicationSet extends k8s.apiextensions.CustomResource {
  constructor(name: string, args: ApplicationSetArgs, opts?: pulumi.CustomResourceOptions) {
    super(name, { ...args, apiVersion: ARGO_CD_API, kind: "ApplicationSet" }, opts);
  }
}
