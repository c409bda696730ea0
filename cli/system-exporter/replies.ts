import { z } from "zod";
import { parsedJson } from "./events.ts";

/** One server's answer to a question that all of them were asked. */
export interface Reply {
  /** Name of the server. */
  readonly server: string;
  /** Name of its cluster; undefined where it is in none. */
  readonly cluster: string | undefined;
  readonly data: unknown;
}

/** When a listener's certificate ends. */
export interface Certificate {
  readonly server: string;
  readonly listener: string;
  /** Seconds since 1970. */
  readonly expires: number;
}

/** JetStream's meta group, as its leader sees it. */
export interface MetaGroup {
  /** Servers of the group, the leader among them. */
  readonly size: number;
  /** The others. */
  readonly peers: readonly MetaPeer[];
}

/** A server of the meta group that does not lead it. */
export interface MetaPeer {
  readonly name: string;
  readonly isCurrent: boolean;
  readonly isOffline: boolean;
  /** Operations that it is behind the leader. */
  readonly lag: number;
}

const replySchema = z.looseObject({
  server: z.looseObject({ name: z.string(), cluster: z.string().optional() }),
  data: z.unknown().optional(),
});

/** Reads an answer; undefined where it is none. */
export function reply(text: string): Reply | undefined {
  const { success, data } = replySchema.safeParse(parsedJson(text));
  return success ? { server: data.server.name, cluster: data.server.cluster, data: data.data } : undefined;
}

const listener = z.looseObject({ tls_cert_not_after: z.iso.datetime({ offset: true }).optional() }).optional();
const varzSchema = z.looseObject({
  tls_cert_not_after: z.iso.datetime({ offset: true }).optional(),
  ...{ cluster: listener, gateway: listener, leaf: listener, mqtt: listener, websocket: listener },
});

/** Certificates in an answer to VARZ; undefined where it is none. A listener without TLS has no certificate. */
export function certificates({ server, data }: Reply): Certificate[] | undefined {
  const read = varzSchema.safeParse(data);
  if (!read.success) return undefined;
  const { tls_cert_not_after: client, cluster, gateway, leaf, mqtt, websocket } = read.data;
  const dates = {
    client,
    ...Object.fromEntries(
      Object.entries({ cluster, gateway, leaf, mqtt, websocket }).map(([name, it]) => [name, it?.tls_cert_not_after]),
    ),
  };
  return Object.entries(dates).flatMap(([name, date]) =>
    date === undefined ? [] : [{ server, listener: name, expires: Date.parse(date) / 1000 }],
  );
}

const jszSchema = z.looseObject({
  meta_cluster: z
    .looseObject({
      leader: z.string().default(""),
      cluster_size: z.number(),
      replicas: z
        .array(
          z.looseObject({
            name: z.string(),
            current: z.boolean(),
            offline: z.boolean().default(false),
            lag: z.number().default(0),
          }),
        )
        .default([]),
    })
    .optional(),
});

/** The meta group, where the server that answers to JSZ leads it. One that was cut off may still think so: the one with more current peers does. */
export function metaGroup(replies: readonly Reply[]): MetaGroup | undefined {
  const groups = replies.flatMap(({ server, data }) => {
    const { success, data: read } = jszSchema.safeParse(data);
    if (!success || read.meta_cluster?.leader !== server) return [];
    const { cluster_size: size, replicas } = read.meta_cluster;
    const peers = replicas.map(({ name, current, offline, lag }) => ({
      ...{ name, isCurrent: current, isOffline: offline, lag },
    }));
    return [{ size, peers }];
  });
  const currentPeers = ({ peers }: MetaGroup) => peers.filter(({ isCurrent }) => isCurrent).length;
  return groups.sort((one, other) => currentPeers(other) - currentPeers(one))[0];
}

const connzSchema = z.looseObject({ num_connections: z.number() });

/** How many connections there are on the server that answers to CONNZ; undefined where it is no answer. */
export function connections({ data }: Reply): number | undefined {
  return connzSchema.safeParse(data).data?.num_connections;
}
