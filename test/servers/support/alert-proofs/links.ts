import type { AlertProof } from "./proof.ts";
import { about, account, answers, each, system, told } from "./series.ts";
import type { Level, Series } from "./timeline.ts";

const day = 86_400;

/** The time left is exactly that when the wrong phase begins: one scrape later it is too little. */
const certificate = (alert: string, left: number): AlertProof => ({
  ...{ alert, labels: [{ server: "nats-0", listener: "mqtt" }], lateSeconds: 15 },
  elsewhere: () => [system("certificate_expiry_timestamp_seconds", 1, { server: "nats-0", listener: "mqtt" })],
  series: ({ wrongAt }) => {
    const soon = wrongAt + left;
    const labels = { server: "nats-0", listener: "mqtt" };
    return [
      system("certificate_expiry_timestamp_seconds", { right: soon, wrong: soon, after: soon + 90 * day }, labels),
      system("certificate_expiry_timestamp_seconds", soon + 90 * day, { server: "nats-0", listener: "client" }),
      newerInSecret(soon + 90 * day),
    ];
  },
  naive: [
    {
      fault: "the Secret has a newer certificate, which the server has not read",
      expression: `certmanager_certificate_expiration_timestamp_seconds - time() < ${left}`,
      ...{ at: "wrong", fires: false },
    },
  ],
});

function newerInSecret(value: number): Series {
  const name = "certmanager_certificate_expiration_timestamp_seconds";
  return { name, labels: { name: "nats-client-tls", namespace: "nats" }, right: value, wrong: value };
}

const outbound = (server: number, remote: string, levels: { right: Level; wrong: Level }) =>
  told(server, "gatewayz_outbound_gateway_configured", levels, {
    remote_gateway_name: remote,
    gateway_name: "eu-east",
  });

const gateways = (alert: Pick<AlertProof, "variant" | "context">, remotes: readonly string[]): AlertProof => ({
  ...{ alert: "NatsGatewayDown", ...alert, labels: [about.server(1)] },
  series: () => [
    ...each((server) => answers(server)),
    ...each((server) => remotes.map((remote) => outbound(server, remote, { right: 1, wrong: 1 })))
      .flat()
      .filter(({ labels }) => labels.pod !== "nats-1" || labels.remote_gateway_name !== remotes[0]),
    outbound(1, remotes[0] ?? "", { right: 1, wrong: "gone" }),
  ],
  naive: [
    {
      fault: "a gateway that is down has no series that could be 0",
      ...{ expression: "nats_gatewayz_outbound_gateway_configured == 0", at: "wrong", fires: false },
    },
  ],
});

/** A token that has its time from the one to the other, and one that has long. */
const tokens = (issuedAt: number, expiresAt: number) => [
  { name: "auth/glass-jwt", issuedAt, expiresAt },
  { name: "auth/other-jwt", issuedAt: 0, expiresAt: 100_000 },
];

/** Proofs of nats/alerts/links.ts. */
export const linkProofs: readonly AlertProof[] = [
  gateways({ variant: "one of two" }, ["us-west", "ap-south"]),
  gateways({ variant: "the only one", context: { expected: { gateways: 1, leafnodes: 0 } } }, ["us-west"]),
  {
    ...{ alert: "NatsLeafnodeDown", labels: [{}] },
    series: () => [
      told(0, "leafz_conn_nodes_total", 1),
      told(1, "leafz_conn_nodes_total", { right: 1, wrong: 0 }),
      told(2, "leafz_conn_nodes_total", 0),
    ],
    naive: [
      {
        fault: "a leaf node is connected to one server, and the others have none",
        ...{ expression: "nats_leafz_conn_nodes_total == 0", at: "right", fires: true },
      },
    ],
  },
  {
    ...{ alert: "NatsMqttBridgeDown", labels: [{ client_id: "mosquitto" }] },
    series: () => [
      system("mqtt_client_connections", { right: 1, wrong: 0 }, { client_id: "mosquitto" }),
      system("mqtt_client_connections", 1, { client_id: "mosquitto-hall" }),
      told(0, "accstatz_current_connections", 12, { account_name: "IOT" }),
      account(0, "storage_used", 1, "IOT"),
    ],
    naive: [
      {
        fault: "the account's devices are connected though its bridge is not",
        expression: '(sum(nats_accstatz_current_connections{account_name="IOT"}) or vector(0)) < 1',
        ...{ at: "wrong", fires: false },
      },
      {
        fault: "the other bridge is connected",
        ...{ expression: "sum(nats_system_mqtt_client_connections) < 1", at: "wrong", fires: false },
      },
    ],
  },
  {
    ...{ alert: "NatsSystemExporterDown", labels: [{}] },
    series: () => [system("connected", { right: 1, wrong: 1 }), system("servers", { right: 3, wrong: "gone" })],
    naive: [
      {
        fault: "an exporter that gets no answers is connected all the same",
        ...{ expression: "nats_system_connected < 1", at: "wrong", fires: false },
      },
      {
        fault: "an exporter that is gone tells nothing",
        ...{ expression: "nats_system_connected < 1", at: "wrong", fires: false },
        series: [system("connected", { right: 1, wrong: "gone" })],
      },
    ],
  },
  certificate("NatsCertificateExpiring", 14 * day),
  certificate("NatsCertificateExpired", day),
  {
    ...{ alert: "NatsTokenExpiring", labels: [{ token: "auth/glass-jwt" }], lateSeconds: 15 },
    // A quarter of its time is left when the wrong phase begins.
    contextAt: ({ wrongAt }) => ({ tokens: tokens(wrongAt - 750, wrongAt + 250) }),
    resolvedBy: ({ rightAgainAt }) => ({ tokens: tokens(rightAgainAt, rightAgainAt + 1000) }),
    series: () => [],
    naive: [
      {
        fault: "two weeks are more than the whole life of a short token",
        ...{ expression: `vector(1450) - time() < ${14 * day}`, at: "right", fires: true },
      },
    ],
  },
];
