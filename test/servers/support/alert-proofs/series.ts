import type { AlertContext } from "../../../../nats/alerts/alert.ts";
import {
  CLUSTER_LABEL,
  COMPONENT_LABEL,
  components,
  METRIC_PREFIX,
  SYSTEM_PREFIX,
} from "../../../../nats/alerts/series.ts";
import { watchedRegion } from "../../../support/alert-table.ts";
import type { Level, Phases, Series } from "./timeline.ts";

/** A region of three servers that is told everything of. */
export const region: AlertContext = {
  ...watchedRegion,
  expected: { gateways: 2, leafnodes: 2 },
  bridges: ["mosquitto", "mosquitto-hall"],
  tokens: [],
};

/** What a series does; a level alone is one that never changes. */
export type Levels = Level | Phases;

type Labels = Readonly<Record<string, string>>;

/** Labels that Prometheus gives to what it scrapes from a server's exporter. */
export function target(server: number): Labels {
  return {
    ...{ namespace: "nats", pod: `nats-${server}`, container: "exporter", endpoint: "metrics", job: "nats/nats" },
    ...{ instance: `10.0.0.${server}:7777`, [CLUSTER_LABEL]: region.region, [COMPONENT_LABEL]: components.server },
  };
}

function made(name: string, labels: Labels, levels: Levels): Series {
  const phases = typeof levels === "object" && "right" in levels ? levels : { right: levels, wrong: levels };
  // A label without a value is none.
  return { name, labels: Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== "")), ...phases };
}

/** Whether a server's exporter can be scraped. */
export function up(server: number, levels: Levels): Series {
  return made("up", target(server), levels);
}

/** A series of the exporter that has no labels of its own but the server's name: varz, connz, healthz and their like. */
export function told(server: number, name: string, levels: Levels, labels: Labels = {}): Series {
  return made(`${METRIC_PREFIX}_${name}`, { ...target(server), server_id: `nats-${server}`, ...labels }, levels);
}

/** A connz series, which is there if and only if the server answers its exporter. */
export function answers(server: number, levels: Levels = 1024): Series {
  return told(server, "connz_limit", levels);
}

function jetStreamLabels(server: number, metaLeader: string): Labels {
  return {
    ...{ server_name: `nats-${server}`, cluster: region.region, domain: "acme", meta_leader: metaLeader },
    is_meta_leader: String(metaLeader === `nats-${server}`),
  };
}

/** Whether JetStream is off on a server, and whom that one takes for the leader of the meta group. */
export function jetStream(server: number, metaLeader: string, levels: Levels = 0): Series {
  return told(server, "server_jetstream_disabled", levels, jetStreamLabels(server, metaLeader));
}

/** A series of an account. */
export function account(server: number, name: string, levels: Levels, accountName = "ORDERS"): Series {
  const labels = { account: accountName, account_name: accountName, account_id: `A${accountName}` };
  return told(server, `account_${name}`, levels, { ...jetStreamLabels(server, "nats-0"), ...labels });
}

/** A replica of a stream or consumer: who leads it, as its server sees it, and the raft group of the stream. */
export interface Replica {
  readonly leader?: string;
  readonly group?: string;
}

function streamLabels(server: number, { leader = "nats-0", group = "S-R3F-bRMVrNoq" }: Replica): Labels {
  return {
    ...jetStreamLabels(server, "nats-0"),
    ...{ account: "ORDERS", account_name: "ORDERS", account_id: "AORDERS", stream_name: "orders" },
    ...{ stream_leader: leader, is_stream_leader: String(leader === `nats-${server}`), stream_raft_group: group },
  };
}

/** A series of one replica of stream `orders`. */
export function stream(server: number, name: string, levels: Levels, replica: Replica = {}, labels = {}): Series {
  return told(server, `stream_${name}`, levels, { ...streamLabels(server, replica), ...labels });
}

/** A series of one replica of consumer `billing` of stream `orders`. */
export function consumer(server: number, name: string, levels: Levels, { leader = "nats-0" }: Replica = {}): Series {
  const labels = { consumer_name: "billing", consumer_leader: leader };
  const isLeader = String(leader === `nats-${server}`);
  return told(server, `consumer_${name}`, levels, {
    ...{ ...streamLabels(server, {}), ...labels, is_consumer_leader: isLeader },
  });
}

/** A series of the stream in which an account's MQTT sessions are kept, as a server tells it. */
export function mqttSessions(server: number, levels: Levels, { account_name = "IOT", leader = "nats-0" } = {}): Series {
  const labels = { account: account_name, account_name, account_id: `A${account_name}`, stream_name: "$MQTT_sess" };
  return stream(server, "total_messages", levels, { leader }, labels);
}

/** What a server tells of a consumer: one for each subscription of an MQTT session. */
export function mqttConsumer(
  server: number,
  name: string,
  levels: Levels,
  { consumer_name = "a1B2c3D4_1", stream_name = "$MQTT_msgs", leader = "nats-0" } = {},
): Series {
  const labels = { account: "IOT", account_name: "IOT", account_id: "AIOT", stream_name, consumer_name };
  return told(server, `consumer_${name}`, levels, {
    ...{ ...streamLabels(server, { leader }), ...labels },
    ...{ consumer_leader: leader, is_consumer_leader: String(leader === `nats-${server}`) },
  });
}

/** What a kubelet tells of a volume. It knows nothing of the region. */
export function volume(
  claim: string,
  name: string,
  levels: Levels,
  { namespace = "nats", cluster = region.kubelet?.labels.cluster ?? "" } = {},
): Series {
  const kubelet = { job: "kubelet", instance: "10.0.0.1:10250", node: "node-1", metrics_path: "/metrics" };
  return made(`kubelet_volume_stats_${name}`, { ...kubelet, cluster, namespace, persistentvolumeclaim: claim }, levels);
}

/** A series of the system exporter. */
export function system(name: string, levels: Levels, labels: Labels = {}): Series {
  const own = { namespace: "nats", pod: "nats-system-exporter-6d9f", container: "exporter", instance: "10.0.1.1:7778" };
  const marks = { [CLUSTER_LABEL]: region.region, [COMPONENT_LABEL]: components.system };
  return made(`${SYSTEM_PREFIX}_${name}`, { ...own, ...marks, ...labels }, levels);
}

/** Something of each of the region's servers. */
export function each<T>(make: (server: number) => T, count = region.replicas): T[] {
  return Array.from({ length: count }, (_, server) => make(server));
}

/** Labels of an alert about a server, a stream, a consumer. */
export const about = {
  server: (server: number) => ({ namespace: "nats", pod: `nats-${server}` }),
  stream: { namespace: "nats", account_name: "ORDERS", stream_name: "orders" },
  consumer: { namespace: "nats", account_name: "ORDERS", stream_name: "orders", consumer_name: "billing" },
  volume: (claim: string, resource: "bytes" | "inodes") => ({
    ...{ namespace: "nats", persistentvolumeclaim: claim, resource },
  }),
} as const;
