import type { PublicNkey } from "../nkeys.ts";
import { renderConf, type ConfBlock } from "./text.ts";

/** One region's servers, as their configuration file needs to know them. */
export interface ServerConf {
  /** Name of the cluster, which is the region's. */
  readonly cluster: string;
  /** Routes to every server of the cluster, this one included; none where there is only one server. */
  readonly routes: readonly string[];
  /** What servers of the cluster present to each other. */
  readonly routeLogin: { readonly user: string; readonly password: string };
  /** Whether NATS clients are met with the certificate of {@link serverPaths}. Absent: they are not. */
  readonly hasTls?: boolean | undefined;
  /** Absent: no MQTT clients. */
  readonly mqtt?: MqttConf | undefined;
  readonly jetstream: JetStreamConf;
  readonly operatorJwt: string;
  readonly systemAccount: PublicNkey;
  readonly lameDuck: { readonly gracePeriodSeconds: number; readonly durationSeconds: number };
}

/**
 * JetStream's share of a server. Both limits are always written: nats-server 2.15 raises a limit in a reload, but sets
 * none that was left to it at the start.
 */
export interface JetStreamConf {
  readonly domain?: string | undefined;
  readonly maxFileBytes: number;
  readonly maxMemoryBytes: number;
}

/** The listener for MQTT clients. What is absent is the server's own default. */
export interface MqttConf {
  readonly port: number;
  /** Whether clients are met with the certificate of {@link serverPaths}. */
  readonly hasTls: boolean;
  readonly ackWaitSeconds?: number | undefined;
  /** Up to 65535. */
  readonly maxAckPending?: number | undefined;
  /** Replicas of the streams that the server makes in each account of MQTT clients. */
  readonly streamReplicas?: number | undefined;
}

/** Where things are in a server's file system. */
export const serverPaths = {
  config: "/etc/nats/nats.conf",
  accounts: "accounts.conf",
  jetstream: "/data/jetstream",
  resolver: "/data/resolver",
  pid: "/var/run/nats/nats.pid",
  /** A folder with tls.crt and tls.key for each listener that has a certificate. */
  certificates: { client: "/etc/nats-certificates/client", mqtt: "/etc/nats-certificates/mqtt" },
} as const;

/** The ports that a server listens on. */
export const serverPorts = { client: 4222, cluster: 6222, monitor: 8222 } as const;

/** The environment variable in which a server finds its name. */
export const serverNameVariable = "POD_NAME";

/**
 * The configuration file of every server of a region: they differ in their name alone, which comes from the environment.
 *
 * The accounts are an include, so that a new account does not count as a change of this file. The include is relative:
 * nats-server 2.15 joins even an absolute path to the folder of the including file.
 */
export function serverConf(server: ServerConf): string {
  const settings = renderConf({
    server_name: { variable: serverNameVariable },
    port: serverPorts.client,
    http_port: serverPorts.monitor,
    pid_file: serverPaths.pid,
    lame_duck_grace_period: `${String(server.lameDuck.gracePeriodSeconds)}s`,
    lame_duck_duration: `${String(server.lameDuck.durationSeconds)}s`,
    cluster: server.routes.length > 1 ? clusterBlock(server) : undefined,
    tls: server.hasTls === true ? tlsBlock("client") : undefined,
    mqtt: server.mqtt === undefined ? undefined : mqttBlock(server.mqtt),
    jetstream: {
      store_dir: serverPaths.jetstream,
      max_file_store: server.jetstream.maxFileBytes,
      max_memory_store: server.jetstream.maxMemoryBytes,
      domain: server.jetstream.domain,
    },
    operator: server.operatorJwt,
    system_account: server.systemAccount,
    resolver: { type: "full", dir: serverPaths.resolver, allow_delete: true, interval: "2m" },
  });
  return `${settings}include ./${serverPaths.accounts}\n`;
}

/** The include that makes every account known to a server from its first start on: account public keys to their JWTs. */
export function accountsConf(accounts: Readonly<Record<PublicNkey, string>>): string {
  const preload = Object.fromEntries(Object.entries(accounts).sort(([a], [b]) => (a < b ? -1 : 1)));
  return renderConf({ resolver_preload: preload });
}

function clusterBlock({ cluster, routes, routeLogin }: ServerConf): ConfBlock {
  return { name: cluster, port: serverPorts.cluster, authorization: { ...routeLogin, timeout: 2 }, routes };
}

function mqttBlock({ port, hasTls, ackWaitSeconds, maxAckPending, streamReplicas }: MqttConf): ConfBlock {
  return {
    port,
    tls: hasTls ? tlsBlock("mqtt") : undefined,
    ack_wait: ackWaitSeconds === undefined ? undefined : `${String(ackWaitSeconds)}s`,
    max_ack_pending: maxAckPending,
    stream_replicas: streamReplicas,
  };
}

function tlsBlock(listener: keyof typeof serverPaths.certificates): ConfBlock {
  const folder = serverPaths.certificates[listener];
  return { cert_file: `${folder}/tls.crt`, key_file: `${folder}/tls.key` };
}
