import type { AlertContext, KubeletSeries } from "./alert.ts";

/**
 * What the exporter's metrics begin with: the one place that decides it, for the exporter's arguments, the alerts and the dashboard.
 * `nats` replaces both of the exporter's own beginnings (`gnatsd_`, `jetstream_`), as the official chart has it.
 */
export const METRIC_PREFIX = "nats";

/** What the system exporter's metrics begin with. */
export const SYSTEM_PREFIX = "nats_system";

/** Label with the region's name on every series that is scraped from it. */
export const CLUSTER_LABEL = "nats_cluster";

/**
 * Label with the region's name on what Surveyor tells of it, in place of {@link CLUSTER_LABEL}: its series of streams and consumers have
 * the names of the exporter's, and alerts and dashboard would count both.
 */
export const SURVEYOR_LABEL = "nats_surveyor";

/** Label that tells the servers' targets from the system exporter's. */
export const COMPONENT_LABEL = "nats_component";

/** Values of {@link COMPONENT_LABEL}. */
export const components = { server: "server", system: "system-exporter" } as const;

/** A series of the exporter in this region. @param matchers further ones, such as `is_stream_leader="true"` */
export function series({ region }: Pick<AlertContext, "region">, name: string, ...matchers: readonly string[]): string {
  return `${METRIC_PREFIX}_${name}{${[`${CLUSTER_LABEL}="${region}"`, ...matchers].join(",")}}`;
}

/** A series of the system exporter in this region. */
export function systemSeries(
  { region }: Pick<AlertContext, "region">,
  name: string,
  ...matchers: readonly string[]
): string {
  return `${SYSTEM_PREFIX}_${name}{${[`${CLUSTER_LABEL}="${region}"`, ...matchers].join(",")}}`;
}

/** Whether the targets of a kind can be scraped: Prometheus' own series. */
export function up({ region }: Pick<AlertContext, "region">, component: keyof typeof components): string {
  return `up{${CLUSTER_LABEL}="${region}",${COMPONENT_LABEL}="${components[component]}"}`;
}

/** For how many servers an expression has a value. Two instances of Prometheus that scrape the same server do not make two of it. */
export function serversWith(expression: string): string {
  return `count(count by (namespace, pod) (${expression}))`;
}

/**
 * An expression over the exporter's varz series, without the servers that answer no more: the exporter (0.20) keeps their last values for
 * ever, but not those of connz.
 */
export function live(context: Pick<AlertContext, "region">, expression: string): string {
  return `(${expression}) and on (namespace, pod) ${series(context, "connz_limit")}`;
}

/** Claims of the servers' pods, as a regular expression: a StatefulSet names them after the volume, itself and the pod's number. */
export const serverClaims = "(jetstream|resolver)-nats-[0-9]+";

/** What kubelets tell of the servers' volumes: `kubelet_volume_stats_…`. */
export function volumeSeries({ namespace, labels }: KubeletSeries, name: string): string {
  const ofCluster = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const matchers = [...ofCluster, `namespace="${namespace}"`, `persistentvolumeclaim=~"${serverClaims}"`];
  return `kubelet_volume_stats_${name}{${matchers.join(",")}}`;
}

/**
 * The share of each volume that is used: of its bytes, and of its inodes where the file system counts them (label `resource`).
 *
 * What counts is how much is left for the servers: a file system may keep some for root (ext4: a twentieth), which is neither used nor theirs.
 */
export function volumesUsed(kubelet: KubeletSeries): string {
  const used = (left: string, all: string, resource: string) => {
    const share = `1 - ${volumeSeries(kubelet, left)} / (${volumeSeries(kubelet, all)} > 0)`;
    return `label_replace(${share}, "resource", "${resource}", "", "")`;
  };
  const bytes = used("available_bytes", "capacity_bytes", "bytes");
  return `max by (namespace, persistentvolumeclaim, resource) (${bytes} or ${used("inodes_free", "inodes", "inodes")})`;
}

/** Streams in which servers keep what MQTT needs, as a regular expression. A `$` would begin a variable of Grafana's; `.` stands for it. */
export const mqttStreams = ".MQTT_.*";

/** Matches one of the {@link mqttStreams}. */
export function mqttStream(name: "sess" | "msgs" | "rmsgs"): string {
  return `stream_name=~".MQTT_${name}"`;
}
