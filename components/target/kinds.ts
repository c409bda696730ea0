import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import * as argoCd from "./argo-cd.ts";
import * as externalSecrets from "./external-secrets.ts";
import * as grafana from "./grafana-operator.ts";
import * as prometheus from "./prometheus-operator.ts";

const { ARGO_CD_API } = argoCd;
const { EXTERNAL_SECRETS_API, PUSH_SECRETS_API } = externalSecrets;
const { GRAFANA_API } = grafana;
const { PROMETHEUS_API } = prometheus;
const RBAC_API = "rbac.authorization.k8s.io/v1";

/**
 * The Kubernetes kinds that this program makes, each with what the apply target constructs and the folder that the
 * render target puts it in. The folders' names sort in the order in which the objects have to be applied.
 */
export const kinds = {
  Namespace: { apiVersion: "v1", resource: k8s.core.v1.Namespace, folder: "0-namespaces" },
  Role: { apiVersion: RBAC_API, resource: k8s.rbac.v1.Role, folder: "1-access" },
  RoleBinding: { apiVersion: RBAC_API, resource: k8s.rbac.v1.RoleBinding, folder: "1-access" },
  ClusterRole: { apiVersion: RBAC_API, resource: k8s.rbac.v1.ClusterRole, folder: "1-access" },
  ClusterRoleBinding: { apiVersion: RBAC_API, resource: k8s.rbac.v1.ClusterRoleBinding, folder: "1-access" },
  ServiceAccount: { apiVersion: "v1", resource: k8s.core.v1.ServiceAccount, folder: "1-configuration" },
  Secret: { apiVersion: "v1", resource: k8s.core.v1.Secret, folder: "1-configuration" },
  ConfigMap: { apiVersion: "v1", resource: k8s.core.v1.ConfigMap, folder: "1-configuration" },
  Service: { apiVersion: "v1", resource: k8s.core.v1.Service, folder: "2-network" },
  NetworkPolicy: {
    apiVersion: "networking.k8s.io/v1",
    resource: k8s.networking.v1.NetworkPolicy,
    folder: "2-network",
  },
  PodDisruptionBudget: { apiVersion: "policy/v1", resource: k8s.policy.v1.PodDisruptionBudget, folder: "2-network" },
  SecretStore: {
    apiVersion: EXTERNAL_SECRETS_API,
    resource: externalSecrets.SecretStore,
    folder: "2-secret-stores",
  },
  ClusterSecretStore: {
    apiVersion: EXTERNAL_SECRETS_API,
    resource: externalSecrets.ClusterSecretStore,
    folder: "2-secret-stores",
  },
  ExternalSecret: {
    apiVersion: EXTERNAL_SECRETS_API,
    resource: externalSecrets.ExternalSecret,
    folder: "2-secrets",
  },
  PushSecret: { apiVersion: PUSH_SECRETS_API, resource: externalSecrets.PushSecret, folder: "2-secrets" },
  Deployment: { apiVersion: "apps/v1", resource: k8s.apps.v1.Deployment, folder: "3-workloads" },
  StatefulSet: { apiVersion: "apps/v1", resource: k8s.apps.v1.StatefulSet, folder: "3-workloads" },
  PodMonitor: { apiVersion: PROMETHEUS_API, resource: prometheus.PodMonitor, folder: "4-monitoring" },
  PrometheusRule: { apiVersion: PROMETHEUS_API, resource: prometheus.PrometheusRule, folder: "4-monitoring" },
  GrafanaFolder: { apiVersion: GRAFANA_API, resource: grafana.GrafanaFolder, folder: "4-monitoring" },
  GrafanaAlertRuleGroup: { apiVersion: GRAFANA_API, resource: grafana.GrafanaAlertRuleGroup, folder: "4-monitoring" },
  GrafanaContactPoint: { apiVersion: GRAFANA_API, resource: grafana.GrafanaContactPoint, folder: "4-monitoring" },
  GrafanaNotificationPolicy: {
    apiVersion: GRAFANA_API,
    resource: grafana.GrafanaNotificationPolicy,
    folder: "4-monitoring",
  },
  GrafanaNotificationPolicyRoute: {
    apiVersion: GRAFANA_API,
    resource: grafana.GrafanaNotificationPolicyRoute,
    folder: "4-monitoring",
  },
  GrafanaDashboard: { apiVersion: GRAFANA_API, resource: grafana.GrafanaDashboard, folder: "4-monitoring" },
  AppProject: { apiVersion: ARGO_CD_API, resource: argoCd.AppProject, folder: "5-projects" },
  Application: { apiVersion: ARGO_CD_API, resource: argoCd.Application, folder: "6-applications" },
  ApplicationSet: { apiVersion: ARGO_CD_API, resource: argoCd.ApplicationSet, folder: "6-applications" },
} as const;

export type Kind = keyof typeof kinds;

/** The arguments of each kind, of which the name and the namespace must be known: other systems refer to them. */
export interface ManifestArgs {
  Namespace: Named<k8s.core.v1.NamespaceArgs>;
  Role: Named<k8s.rbac.v1.RoleArgs>;
  RoleBinding: Named<k8s.rbac.v1.RoleBindingArgs>;
  ClusterRole: Named<k8s.rbac.v1.ClusterRoleArgs>;
  ClusterRoleBinding: Named<k8s.rbac.v1.ClusterRoleBindingArgs>;
  ServiceAccount: Named<k8s.core.v1.ServiceAccountArgs>;
  Secret: Named<k8s.core.v1.SecretArgs>;
  ConfigMap: Named<k8s.core.v1.ConfigMapArgs>;
  Service: Named<k8s.core.v1.ServiceArgs>;
  NetworkPolicy: Named<k8s.networking.v1.NetworkPolicyArgs>;
  PodDisruptionBudget: Named<k8s.policy.v1.PodDisruptionBudgetArgs>;
  SecretStore: Named<externalSecrets.SecretStoreArgs>;
  ClusterSecretStore: Named<externalSecrets.ClusterSecretStoreArgs>;
  ExternalSecret: Named<externalSecrets.ExternalSecretArgs>;
  PushSecret: Named<externalSecrets.PushSecretArgs>;
  Deployment: Named<k8s.apps.v1.DeploymentArgs>;
  StatefulSet: Named<k8s.apps.v1.StatefulSetArgs>;
  PodMonitor: Named<prometheus.PodMonitorArgs>;
  PrometheusRule: Named<prometheus.PrometheusRuleArgs>;
  GrafanaFolder: Named<grafana.GrafanaFolderArgs>;
  GrafanaAlertRuleGroup: Named<grafana.GrafanaAlertRuleGroupArgs>;
  GrafanaContactPoint: Named<grafana.GrafanaContactPointArgs>;
  GrafanaNotificationPolicy: Named<grafana.GrafanaNotificationPolicyArgs>;
  GrafanaNotificationPolicyRoute: Named<grafana.GrafanaNotificationPolicyRouteArgs>;
  GrafanaDashboard: Named<grafana.GrafanaDashboardArgs>;
  AppProject: Named<argoCd.AppProjectArgs>;
  Application: Named<argoCd.ApplicationArgs>;
  ApplicationSet: Named<argoCd.ApplicationSetArgs>;
}

/** An object's metadata, with names that a plan can state. */
export interface NamedMetadata {
  name: string;
  namespace?: string;
  labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  annotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  finalizers?: string[];
}

type Named<Args> = Omit<Args, "apiVersion" | "kind" | "metadata"> & { metadata: NamedMetadata };
