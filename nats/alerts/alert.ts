/** How urgent an alert is: critical pages somebody, warning is for working hours, info for a look back. */
export type Severity = "critical" | "warning" | "info";

/** What kubelets' series of a region are found by: they come from other targets, and do not know the region's name. */
export interface KubeletSeries {
  /** The servers'. */
  readonly namespace: string;
  /** Labels by which Prometheus tells the region's Kubernetes cluster from others. */
  readonly labels: Readonly<Record<string, string>>;
}

/** What the alerts of a region follow from. */
export interface AlertContext {
  /** Name of the region, which is its NATS cluster's. Every series of it has this as its label `nats_cluster`. */
  readonly region: string;
  /** Servers of the region. */
  readonly replicas: number;
  /** What the exporter is asked for beyond what it always is. */
  readonly exporter: { readonly streams: "none" | "streams" | "consumers" };
  /** Seconds in which a server that stops sends its clients away: `lameDuck.duration`. */
  readonly lameDuckSeconds: number;
  /** Seconds between two scrapes. */
  readonly scrapeSeconds: number;
  /** Whether the system exporter runs: what only the system account can tell. */
  readonly hasSystemExporter: boolean;
  /** Whether a listener of the servers has a certificate. */
  readonly hasTls: boolean;
  /** Gateways and leaf nodes that each server, and all of them together, are to be connected to; 0 is none. */
  readonly expected: { readonly gateways: number; readonly leafnodes: number };
  /** Whether the servers take MQTT clients. */
  readonly hasMqtt: boolean;
  /** Whether Prometheus keeps what is told of the consumers of MQTT sessions. */
  readonly keepsMqttConsumers: boolean;
  /** What kubelets' series of the servers' volumes are found by; undefined where nobody has said that there are any. */
  readonly kubelet: KubeletSeries | undefined;
  /** MQTT client ids of the region's bridges. */
  readonly bridges: readonly string[];
  /** Tokens that end: what they are called, and both times in seconds since 1970. */
  readonly tokens: readonly { readonly name: string; readonly issuedAt: number; readonly expiresAt: number }[];
}

/**
 * One thing that somebody should know of. What is watched (`value`) and what is too much of it (`threshold`) are kept apart: a healthy
 * system has a value as well, so that "nothing wrong" and "nothing measured" differ.
 */
export interface Alert {
  /** Name in Prometheus, in the configuration, and of its page in docs/runbooks. */
  readonly name: string;
  /** Name in Grafana. */
  readonly title: string;
  readonly severity: Severity;
  /** How long the value has to stay wrong, in seconds. */
  readonly forSeconds: number;
  /** How long a restart of the region's servers may look the same, in seconds: where that is longer, the alert waits for it. */
  readonly restartSeconds?: (context: AlertContext) => number;
  /** PromQL of the value. */
  readonly value: (context: AlertContext) => string;
  /** On which side of the threshold the value is wrong. */
  readonly wrongWhen: "above" | "below";
  readonly threshold: number | ((context: AlertContext) => number);
  /** Unit of the threshold, for people. */
  readonly unit: string;
  /** Between which values it can be; without `from`, from 0 on. A threshold outside of them could never be passed. */
  readonly range?: { readonly from?: number; readonly to?: number };
  /** Whether it applies to a region. Absent: to every one. */
  readonly appliesTo?: (context: AlertContext) => boolean;
  /** What no value at all means. Only where the value can't vanish from a healthy system may it be `wrong`. */
  readonly noValueIs: "fine" | "wrong";
  /** One line that says what is wrong; `{{ $labels.pod }}` and its like are filled in. */
  readonly summary: string;
  /** What it means and why it matters. */
  readonly description: string;
}
