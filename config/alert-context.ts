import type { MonitoringSettings, NatsSettings } from "./schema.ts";
import type { AlertContext } from "../nats/alerts/alert.ts";
import type { AlertChange } from "../nats/alerts/table.ts";

/** What alerts follow from, as the program knows it. */
export interface Watched {
  readonly region: string;
  readonly nats: Pick<NatsSettings, "namespace" | "replicas" | "tls" | "mqtt" | "lameDuck">;
  readonly monitoring: MonitoringSettings;
  readonly bridges: AlertContext["bridges"];
  readonly tokens: AlertContext["tokens"];
}

/** What the alerts of a region follow from. */
export function alertContext({ region, nats, monitoring, bridges, tokens }: Watched): AlertContext {
  return {
    region,
    replicas: nats.replicas,
    exporter: monitoring.exporter,
    lameDuckSeconds: nats.lameDuck.durationSeconds,
    scrapeSeconds: monitoring.podMonitor.interval,
    hasSystemExporter: monitoring.system !== undefined,
    hasTls: nats.tls !== undefined || nats.mqtt?.tls !== undefined,
    hasMqtt: nats.mqtt !== undefined,
    keepsMqttConsumers: monitoring.podMonitor.mqttConsumers,
    kubelet: monitoring.kubelet && { namespace: nats.namespace, labels: monitoring.kubelet.labels },
    expected: monitoring.expected,
    bridges,
    tokens,
  };
}

/** What a region says differently of alerts, by their names. */
export function alertChanges({ alerts }: MonitoringSettings): Record<string, AlertChange> {
  return Object.fromEntries(
    Object.entries(alerts).flatMap(([name, change]) => {
      if (change === undefined) return [];
      const { for: forSeconds, ...others } = change;
      return [[name, { ...others, forSeconds }] as const];
    }),
  );
}
