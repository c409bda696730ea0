import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** API of the Prometheus operator. */
export const PROMETHEUS_API = "monitoring.coreos.com/v1";

/** A step that changes a target's labels, or drops a series. */
export interface Relabeling {
  /** Has a default, but stands in a list: left out, Argo CD would never find the object in sync. */
  action: "replace" | "drop";
  sourceLabels?: string[];
  targetLabel?: string;
  regex?: string;
  replacement?: string;
}

export interface PodMonitorArgs {
  metadata: pulumi.Input<k8s.types.input.meta.v1.ObjectMeta>;
  spec: {
    selector: { matchLabels: Record<string, string> };
    podMetricsEndpoints: {
      /** Name of a container's port. */
      port: string;
      interval: string;
      scrapeTimeout: string;
      relabelings: Relabeling[];
      metricRelabelings?: Relabeling[];
    }[];
  };
}

/** One alert as Prometheus evaluates it. */
export interface PrometheusAlert {
  alert: string;
  expr: string;
  for: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

export interface PrometheusRuleArgs {
  metadata: pulumi.Input<k8s.types.input.meta.v1.ObjectMeta>;
  spec: { groups: { name: string; interval: string; rules: PrometheusAlert[] }[] };
}

/** Pods that Prometheus scrapes. */
export class PodMonitor extends k8s.apiextensions.CustomResource {
  constructor(name: string, args: PodMonitorArgs, opts?: pulumi.CustomResourceOptions) {
    super(name, { ...args, apiVersion: PROMETHEUS_API, kind: "PodMonitor" }, opts);
  }
}

/** Alerts that Prometheus evaluates. */
export class PrometheusRule extends k8s.apiextensions.CustomResource {
  constructor(name: string, args: PrometheusRuleArgs, opts?: pulumi.CustomResourceOptions) {
    super(name, { ...args, apiVersion: PROMETHEUS_API, kind: "PrometheusRule" }, opts);
  }
}
