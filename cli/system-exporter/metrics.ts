import { Counter, Gauge, Registry } from "prom-client";
import { aging } from "./aging.ts";
import { countedReasons } from "./events.ts";
import type { Facts } from "./poll.ts";
import type { Refusal } from "./refusals.ts";

/** What is served, and what it is told. */
export interface Metrics {
  readonly registry: Registry;
  connected(isConnected: boolean): void;
  learned(facts: Facts): void;
  pollFailed(): void;
  refused(refusal: Refusal): void;
  /** The end of a connection, with the server's reason. Most reasons count for nothing. */
  disconnected(server: string, reason: string): void;
  /** Whether there are servers that answered not long ago. */
  isFresh(): boolean;
}

/** Series that are there before anything is counted: Prometheus sees no increase in a series that begins with 1. */
const expectedTypes = ["nats", "mqtt"] as const;

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** @param lifeMs how long an answer is served */
export function exporterMetrics(lifeMs: number, now: () => number): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const servers = aging<Facts["servers"]>(lifeMs, now);
  const certificates = aging<NonNullable<Facts["certificates"]>>(lifeMs, now);
  const meta = aging<NonNullable<Facts["meta"]> | null>(lifeMs, now);
  const mqtt = aging<NonNullable<Facts["mqttConnections"]>>(lifeMs, now);

  /** A gauge that has the series that its answer has now, and no others. */
  const gauge = (name: string, help: string, labelNames: readonly string[], samples: () => readonly Sample[]) =>
    new Gauge({
      ...{ name, help, labelNames, registers },
      collect() {
        this.reset();
        // Without labels, prom-client 15 resets to 0, which is a value.
        if (labelNames.length === 0) this.remove();
        for (const [labels, value] of samples()) this.set(labels, value);
      },
    });
  const peers = (value: (peer: NonNullable<Facts["meta"]>["peers"][number]) => number) => (): Sample[] =>
    (meta.get()?.peers ?? []).map((peer) => [{ peer: peer.name }, value(peer)]);
  const size = (value: number | undefined): Sample[] => (value === undefined ? [] : [[{}, value]]);

  const connected = new Gauge({
    ...{ name: "nats_system_connected", help: "1 while the exporter is connected to the servers, else 0.", registers },
  });
  gauge("nats_system_servers", "Servers that answered the last ping.", [], () => size(servers.get()?.length));
  gauge(
    "nats_system_certificate_expiry_timestamp_seconds",
    "When the certificate of a server's listener ends, in seconds since 1970.",
    ["server", "listener"],
    () => (certificates.get() ?? []).map(({ expires, ...labels }) => [labels, expires]),
  );
  gauge("nats_system_meta_peers", "Servers in JetStream's meta group, the leader among them.", [], () =>
    size(meta.get()?.size),
  );
  const each = ["peer"];
  gauge(
    "nats_system_meta_peer_current",
    "1 where the meta leader sees a peer that has kept up, else 0.",
    each,
    peers(({ isCurrent }) => Number(isCurrent)),
  );
  gauge(
    "nats_system_meta_peer_offline",
    "1 where the meta leader has not seen a peer for a while, else 0.",
    each,
    peers(({ isOffline }) => Number(isOffline)),
  );
  gauge(
    "nats_system_meta_peer_lag",
    "Operations that a peer is behind the meta leader.",
    each,
    peers(({ lag }) => lag),
  );
  gauge("nats_system_mqtt_client_connections", "Connections of an MQTT client id, on all servers.", ["client_id"], () =>
    [...(mqtt.get() ?? [])].map(([id, count]) => [{ client_id: id }, count]),
  );

  const failures = new Counter({
    ...{ name: "nats_system_poll_failures_total", help: "Polls in which a question had no answer.", registers },
  });
  const refusals = new Counter({
    name: "nats_system_authentication_errors_total",
    help: "Logins that servers refused.",
    ...{ labelNames: ["server", "client_type"] as const, registers },
  });
  const ends = new Counter({
    name: "nats_system_disconnects_total",
    help: "Connections that servers ended because the credentials had expired or were revoked.",
    ...{ labelNames: ["server", "reason"] as const, registers },
  });

  connected.set(0);
  return {
    registry,
    connected: (isConnected) => {
      connected.set(Number(isConnected));
    },
    learned: (facts) => {
      servers.set(facts.servers);
      if (facts.certificates !== undefined) certificates.set(facts.certificates);
      if (facts.meta !== undefined) meta.set(facts.meta);
      if (facts.mqttConnections !== undefined) mqtt.set(facts.mqttConnections);
      for (const server of facts.servers) {
        for (const client_type of expectedTypes) refusals.inc({ server, client_type }, 0);
        for (const reason of Object.values(countedReasons)) ends.inc({ server, reason }, 0);
      }
    },
    pollFailed: () => {
      failures.inc();
    },
    refused: ({ server, clientType }) => {
      refusals.inc({ server, client_type: clientType });
    },
    disconnected: (server, reason) => {
      const counted = Object.hasOwn(countedReasons, reason) ? countedReasons[reason] : undefined;
      if (counted !== undefined) ends.inc({ server, reason: counted });
    },
    isFresh: () => servers.get() !== undefined,
  };
}
