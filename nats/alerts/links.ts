import type { Alert, AlertContext } from "./alert.ts";
import { series, systemSeries } from "./series.ts";

const day = 86_400;

/** One value for each token: what is left of its time, from 1 at its issue down to 0. */
function tokenTimeLeft({ tokens }: AlertContext): string {
  return tokens
    .map(({ name, issuedAt, expiresAt }) => {
      const left = `(vector(${String(expiresAt)}) - time()) / ${String(expiresAt - issuedAt)}`;
      return `label_replace(${left}, "token", "${name}", "", "")`;
    })
    .join(" or ");
}

function certificateTimeLeft(context: AlertContext): string {
  return `min by (server, listener) (${systemSeries(context, "certificate_expiry_timestamp_seconds")}) - time()`;
}

const hasCertificates = ({ hasSystemExporter, hasTls }: AlertContext) => hasSystemExporter && hasTls;

/** What is wrong with connections to other clusters, bridges, and with what ends by itself. */
export const linkAlerts: readonly Alert[] = [
  {
    name: "NatsGatewayDown",
    title: "NATS Gateway Down",
    severity: "critical",
    forSeconds: 120,
    // The series of a gateway that is down are gone. With none left the labels have to be the same as with one, or it is another alert.
    value: (context) =>
      `count by (namespace, pod) (count by (namespace, pod, remote_gateway_name) (${series(context, "gatewayz_outbound_gateway_configured")})) or 0 * count by (namespace, pod) (${series(context, "connz_limit")})`,
    wrongWhen: "below",
    threshold: ({ expected }) => expected.gateways,
    unit: "other clusters that a server is connected to",
    appliesTo: ({ expected }) => expected.gateways > 0,
    noValueIs: "fine",
    summary: "{{ $labels.pod }} has lost a gateway",
    description: "Messages to and from another cluster are not passed on.",
  },
  {
    name: "NatsLeafnodeDown",
    title: "NATS Leaf Node Down",
    severity: "critical",
    forSeconds: 300,
    value: (context) => `sum(max by (namespace, pod) (${series(context, "leafz_conn_nodes_total")})) or vector(0)`,
    wrongWhen: "below",
    threshold: ({ expected }) => expected.leafnodes,
    unit: "leaf nodes that are connected to the region",
    appliesTo: ({ expected }) => expected.leafnodes > 0,
    noValueIs: "wrong",
    summary: "There are fewer leaf nodes than there should be",
    description: "A site is cut off from the region.",
  },
  {
    name: "NatsMqttBridgeDown",
    title: "NATS MQTT Bridge Down",
    severity: "warning",
    forSeconds: 300,
    value: (context) =>
      `max by (client_id) (${systemSeries(context, "mqtt_client_connections", `client_id=~"${context.bridges.join("|")}"`)})`,
    wrongWhen: "below",
    threshold: 1,
    unit: "connections of the bridge",
    appliesTo: ({ hasSystemExporter, bridges }) => hasSystemExporter && bridges.length > 0,
    noValueIs: "fine",
    summary: "MQTT bridge {{ $labels.client_id }} is not connected",
    description: "Messages between its broker and NATS wait, or are lost with QoS 0.",
  },
  {
    name: "NatsSystemExporterDown",
    title: "NATS System Exporter Down",
    severity: "warning",
    forSeconds: 300,
    // Connected is not enough: while its questions are not answered it tells nothing, and its own series of servers is gone.
    value: (context) =>
      `max(${systemSeries(context, "connected")}) and on () max(${systemSeries(context, "servers")}) > 0 or vector(0)`,
    wrongWhen: "below",
    threshold: 1,
    unit: "1 when it is connected and gets answers",
    range: { to: 1 },
    appliesTo: ({ hasSystemExporter }) => hasSystemExporter,
    noValueIs: "wrong",
    summary: "Nobody listens to the events of the system account",
    description: "Refused logins, cut bridges and certificates that end are not noticed meanwhile.",
  },
  {
    name: "NatsCertificateExpiring",
    title: "NATS Certificate Expires Soon",
    severity: "warning",
    forSeconds: 600,
    value: certificateTimeLeft,
    wrongWhen: "below",
    threshold: 14 * day,
    unit: "seconds that the certificate is still good for",
    range: { from: -Infinity },
    appliesTo: hasCertificates,
    noValueIs: "fine",
    summary: "The certificate of {{ $labels.listener }} on {{ $labels.server }} expires soon",
    description:
      "This is the certificate that the server presents. If the Secret holds a newer one, the server has not read it yet.",
  },
  {
    name: "NatsCertificateExpired",
    title: "NATS Certificate Expires Within A Day",
    severity: "critical",
    forSeconds: 600,
    value: certificateTimeLeft,
    wrongWhen: "below",
    threshold: day,
    unit: "seconds that the certificate is still good for",
    range: { from: -Infinity },
    appliesTo: hasCertificates,
    noValueIs: "fine",
    summary: "The certificate of {{ $labels.listener }} on {{ $labels.server }} has expired, or will within a day",
    description: "Clients refuse to connect to a server whose certificate has expired.",
  },
  {
    name: "NatsTokenExpiring",
    title: "NATS Robot Token Expires Soon",
    severity: "warning",
    forSeconds: 0,
    value: tokenTimeLeft,
    wrongWhen: "below",
    threshold: 0.25,
    unit: "share of the token's time that is left",
    range: { from: -Infinity, to: 1 },
    appliesTo: ({ tokens }) => tokens.length > 0,
    noValueIs: "fine",
    summary: "Robot token {{ $labels.token }} expires soon",
    description: "The next `pulumi up` makes the token of the next window; nobody has run one in this window yet.",
  },
];
