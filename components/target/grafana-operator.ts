import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** API of the Grafana operator. */
export const GRAFANA_API = "grafana.integreatly.org/v1beta1";

/** Which Grafana an object is for, and how often the operator compares the two. */
export interface GrafanaImport {
  instanceSelector: { matchLabels: Record<string, string> };
  allowCrossNamespaceImport: boolean;
  /** As Go prints a duration. */
  resyncPeriod: string;
}

export interface GrafanaFolderArgs {
  metadata: pulumi.Input<k8s.types.input.meta.v1.ObjectMeta>;
  spec: GrafanaImport & { title: string; uid: string };
}

/** A query or an expression of a rule. Grafana adds what `model` lacks, and the operator would then write it again and again. */
export interface GrafanaQuery {
  refId: string;
  datasourceUid: string;
  /** A kind of query, where the data source has several. */
  queryType?: string;
  /** Seconds before the evaluation. */
  relativeTimeRange: { from: number; to: number };
  model: object;
}

/** One alert as Grafana evaluates it. */
export interface GrafanaAlertRule {
  /** At most 40 of letters, digits, - and _. */
  uid: string;
  title: string;
  /** The `refId` whose result decides. */
  condition: string;
  data: GrafanaQuery[];
  for: string;
  noDataState: "OK" | "Alerting";
  execErrState: "Error";
  labels: Record<string, string>;
  annotations: Record<string, string>;
  notificationSettings?: { receiver: string };
}

export interface GrafanaAlertRuleGroupArgs {
  metadata: pulumi.Input<k8s.types.input.meta.v1.ObjectMeta>;
  spec: GrafanaImport & {
    /** Its name in Grafana. */
    name: string;
    folderRef: string;
    /** As Go prints a duration. */
    interval: string;
    rules: GrafanaAlertRule[];
  };
}

export interface GrafanaContactPointArgs {
  metadata: pulumi.Input<k8s.types.input.meta.v1.ObjectMeta>;
  spec: GrafanaImport & {
    name: string;
    receivers: {
      type: string;
      settings: Record<string, string | number | boolean>;
      valuesFrom?: { targetPath: string; valueFrom: { secretKeyRef: { name: string; key: string } } }[];
    }[];
  };
}

/** Which alerts go where: those that a route beneath matches go that way, the others to its own receiver. */
export interface GrafanaRoute {
  receiver: string;
  /** Labels that an alert must have, all of them. */
  object_matchers?: [label: string, is: "=", value: string][];
  group_by?: string[];
  group_wait?: string;
  group_interval?: string;
  repeat_interval?: string;
  routes?: GrafanaRoute[];
}

export interface GrafanaNotificationPolicyArgs {
  metadata: pulumi.Input<k8s.types.input.meta.v1.ObjectMeta>;
  spec: GrafanaImport & {
    /** Beneath it is what the selector finds, of the kind {@link GrafanaNotificationPolicyRoute}: the operator (5.24) heeds its matchLabels alone. */
    route: Pick<GrafanaRoute, "receiver" | "group_by"> & { routeSelector: { matchLabels: Record<string, string> } };
  };
}

export interface GrafanaNotificationPolicyRouteArgs {
  metadata: pulumi.Input<k8s.types.input.meta.v1.ObjectMeta>;
  spec: GrafanaRoute;
}

export interface GrafanaDashboardArgs {
  metadata: pulumi.Input<k8s.types.input.meta.v1.ObjectMeta>;
  spec: GrafanaImport & { folderRef: string; json: string };
}

/** A folder of alerts and dashboards. */
export class GrafanaFolder extends k8s.apiextensions.CustomResource {
  constructor(name: string, args: GrafanaFolderArgs, opts?: pulumi.CustomResourceOptions) {
    super(name, { ...args, apiVersion: GRAFANA_API, kind: "GrafanaFolder" }, opts);
  }
}

/** Alerts that Grafana evaluates. */
export class GrafanaAlertRuleGroup extends k8s.apiextensions.CustomResource {
  constructor(name: string, args: GrafanaAlertRuleGroupArgs, opts?: pulumi.CustomResourceOptions) {
    super(name, { ...args, apiVersion: GRAFANA_API, kind: "GrafanaAlertRuleGroup" }, opts);
  }
}

/** Where Grafana sends alerts. */
export class GrafanaContactPoint extends k8s.apiextensions.CustomResource {
  constructor(name: string, args: GrafanaContactPointArgs, opts?: pulumi.CustomResourceOptions) {
    super(name, { ...args, apiVersion: GRAFANA_API, kind: "GrafanaContactPoint" }, opts);
  }
}

/** All notification policies of a Grafana: one tree. */
export class GrafanaNotificationPolicy extends k8s.apiextensions.CustomResource {
  constructor(name: string, args: GrafanaNotificationPolicyArgs, opts?: pulumi.CustomResourceOptions) {
    super(name, { ...args, apiVersion: GRAFANA_API, kind: "GrafanaNotificationPolicy" }, opts);
  }
}

/** A branch of the tree, for whoever has the tree. */
export class GrafanaNotificationPolicyRoute extends k8s.apiextensions.CustomResource {
  constructor(name: string, args: GrafanaNotificationPolicyRouteArgs, opts?: pulumi.CustomResourceOptions) {
    super(name, { ...args, apiVersion: GRAFANA_API, kind: "GrafanaNotificationPolicyRoute" }, opts);
  }
}

/** A dashboard. */
export class GrafanaDashboard extends k8s.apiextensions.CustomResource {
  constructor(name: string, args: GrafanaDashboardArgs, opts?: pulumi.CustomResourceOptions) {
    super(name, { ...args, apiVersion: GRAFANA_API, kind: "GrafanaDashboard" }, opts);
  }
}
