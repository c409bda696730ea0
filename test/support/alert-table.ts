import type { Alert, AlertContext } from "../../nats/alerts/alert.ts";
import { ALERTS } from "../../nats/alerts/table.ts";

/** A region to which every alert applies. */
export const watchedRegion: AlertContext = {
  region: "eu-east",
  replicas: 3,
  exporter: { streams: "consumers" },
  lameDuckSeconds: 30,
  scrapeSeconds: 15,
  hasSystemExporter: true,
  hasTls: true,
  hasMqtt: true,
  keepsMqttConsumers: true,
  kubelet: { namespace: "nats", labels: { cluster: "eu-east" } },
  expected: { gateways: 1, leafnodes: 1 },
  bridges: ["mosquitto"],
  tokens: [{ name: "glass/token", issuedAt: 0, expiresAt: 100 }],
};

/** What a region has to have, and the same region without it. */
const conditions: readonly (readonly [needed: string, without: Partial<AlertContext>])[] = [
  ["several servers", { replicas: 1 }],
  ["`exporter.streams: consumers`", { exporter: { streams: "streams" } }],
  ["`exporter.streams`", { exporter: { streams: "none" } }],
  ["`system`", { hasSystemExporter: false }],
  ["a certificate", { hasTls: false }],
  ["`nats.mqtt`", { hasMqtt: false }],
  ["`podMonitor.mqttConsumers`", { keepsMqttConsumers: false }],
  ["`kubelet`", { kubelet: undefined }],
  ["`expected.gateways`", { expected: { gateways: 0, leafnodes: 1 } }],
  ["`expected.leafnodes`", { expected: { gateways: 1, leafnodes: 0 } }],
  ["a bridge", { bridges: [] }],
  ["a token that ends", { tokens: [] }],
];

/** What thresholds follow from that are no numbers. */
const thresholds: Readonly<Record<string, string>> = {
  NatsQuorumLost: "majority of `replicas`",
  NatsServersMissing: "`replicas`",
  NatsPeerDisconnected: "`replicas` less 1",
  NatsGatewayDown: "`expected.gateways`",
  NatsLeafnodeDown: "`expected.leafnodes`",
};

/** The rows of the table in docs/alerts.md, cell by cell. */
export function alertRows(): string[][] {
  return ALERTS.map((alert) => [
    `[${alert.name}](runbooks/${alert.name}.md)`,
    alert.title,
    alert.severity,
    time(alert.forSeconds),
    `${alert.wrongWhen === "above" ? ">" : "<"} ${thresholdOf(alert)}`,
    alert.unit,
    needsOf(alert),
  ]);
}

function thresholdOf({ name, threshold }: Alert): string {
  if (typeof threshold === "number") return String(threshold);
  const words = thresholds[name];
  if (words === undefined) throw new Error(`${name}: the threshold has no words in test/support/alert-table.ts`);
  return words;
}

/** `consumers` are told with streams: who needs them needs no more than that. */
function needsOf({ appliesTo = () => true }: Alert): string {
  const needed = conditions.filter(([, without]) => !appliesTo({ ...watchedRegion, ...without })).map(([need]) => need);
  const isBoth = needed.includes("`exporter.streams: consumers`");
  return needed.filter((need) => !(isBoth && need === "`exporter.streams`")).join(", ") || "always";
}

function time(seconds: number): string {
  if (seconds === 0) return "at once";
  if (seconds % 3600 === 0) return `${seconds / 3600}h`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
