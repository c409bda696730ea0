import { z } from "zod";
import { ALERTS } from "../nats/alerts/table.ts";
import { duration, flag, mapOf, strict, text, whole, words } from "./fields.ts";
import {
  dnsLabel,
  dnsSubdomain,
  entityName,
  imageReference,
  labelKey,
  labelValue,
  metricLabel,
  metricLabelValue,
  webAddress,
} from "./names.ts";
import { notificationPolicySchema } from "./notification-policy-schema.ts";

const labels = (what: string) => mapOf(labelKey, text(labelValue), "labels").default({}).describe(what);

const exporterSchema = strict({
  image: text(imageReference)
    .default("natsio/prometheus-nats-exporter:0.20.1")
    .describe("Image of the exporter, with a tag or a digest."),
  streams: z
    .enum(["none", "streams", "consumers"], { error: "none, streams or consumers can stand here" })
    .default("consumers")
    .describe(
      "What is told of JetStream: none; streams; or consumers, which is both. Alerts on what is not told are left out.",
    ),
  accounts: flag().default(true).describe("Connections and traffic of each account."),
  gateways: flag().default(false).describe("Connections to other clusters. Always, where some are expected."),
  leafnodes: flag().default(false).describe("Leaf nodes. Always, where some are expected."),
})
  .prefault({})
  .describe("The exporter beside each server.");

const podMonitorSchema = strict({
  interval: duration(5, 30)
    .prefault("15s")
    .describe("Time between two scrapes, at most 30s. With more than 15s the quorum alert comes late."),
  labels: labels("Labels by which Prometheus finds its PodMonitors."),
  mqttConsumers: flag()
    .default(false)
    .describe("Keep what is told of consumers of MQTT sessions: one for each subscription with QoS 1 or 2."),
})
  .prefault({})
  .describe("How Prometheus scrapes the servers (prometheus-operator).");

const grafanaSchema = strict({
  folder: words("a title").default("NATS").describe("Folder of the alerts and the dashboard."),
  instanceSelector: mapOf(labelKey, text(labelValue), "labels")
    .default({ dashboards: "grafana" })
    .describe("Labels of the Grafana (grafana-operator) that gets them."),
  allowCrossNamespaceImport: flag().default(true).describe("That Grafana is in another namespace."),
  dataSource: words("the uid of a data source").default("prometheus").describe("Uid of the Prometheus data source."),
  loki: words("the uid of a data source")
    .exactOptional()
    .describe(
      "Uid of a Loki data source with the servers' logs: authentication errors are read from it where there is no system exporter.",
    ),
  receiver: words("the name of a contact point")
    .exactOptional()
    .describe("Contact point that gets the alerts. Absent: Grafana's notification policies decide."),
  contactPoint: strict({
    type: words("a type, such as email, slack or webhook").describe("Type of the contact point."),
    settings: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .default({})
      .describe("Its settings that are no secrets."),
    secret: strict({
      name: text(dnsSubdomain).describe("Secret in the servers' namespace."),
      keys: z.record(z.string(), z.string()).describe("For each such setting the Secret's key that it comes from."),
    })
      .exactOptional()
      .describe("Settings that are secrets."),
  })
    .exactOptional()
    .describe("Make the contact point `receiver`."),
  notificationPolicy: notificationPolicySchema
    .exactOptional()
    .describe(
      "A branch of Grafana's notification policies for the region's alerts. Absent: `receiver` gets them all, past the policies.",
    ),
  alerts: flag().default(true).describe("Alert rules."),
  dashboard: flag().default(true).describe("The dashboard."),
}).describe("Alerts and dashboard in Grafana. Absent: none.");

const serversAuthority = strict({
  secret: text(dnsSubdomain).describe("Secret in the servers' namespace."),
  key: words("a key").default("ca.crt").describe("Its key with the certificate."),
})
  .exactOptional()
  .describe("What signed the certificate of nats.tls. Absent: an authority that everybody knows.");

const surveyorSchema = strict({
  image: text(imageReference)
    .default("natsio/nats-surveyor:0.9.11")
    .describe("Image of Surveyor, with a tag or a digest."),
  role: text(entityName).describe("Role of SYS as which it connects (docs/surveyor.md says what it must be allowed)."),
  rotation: whole(0).default(0).describe("Raise it by one to give it a new key."),
  ca: serversAuthority,
  servers: whole(1)
    .exactOptional()
    .describe("Servers that answer it, in all clusters that are connected by gateways. Absent: those of the region."),
  accounts: flag().default(false).describe("Connections and traffic of each account, on each server."),
  streams: z
    .enum(["none", "streams", "consumers"], { error: "none, streams or consumers can stand here" })
    .default("none")
    .describe("What is told of JetStream by the leaders: none; streams; or consumers, which is both."),
  gateways: flag().default(false).describe("Each connection to another cluster."),
  raft: flag().default(false).describe("The log of JetStream's meta group on each server."),
})
  .exactOptional()
  .describe("Surveyor: one more look at all servers, through the system account. Absent: none.");

const alertNames = ALERTS.map(({ name }) => name);

const alertSchema = strict({
  enabled: flag().default(true).describe("false: no such alert."),
  threshold: z.number({ error: "a number is needed here" }).exactOptional().describe("In the unit of docs/alerts.md."),
  for: duration(0).exactOptional().describe("How long it has to be wrong."),
  severity: z
    .enum(["critical", "warning", "info"], { error: "a severity is critical, warning or info" })
    .exactOptional()
    .describe("Its label severity."),
}).describe("What is different about one alert.");

/** Monitoring of a region. */
export const monitoringSchema = strict({
  exporter: exporterSchema,
  podMonitor: podMonitorSchema,
  kubelet: strict({
    labels: mapOf(metricLabel, text(metricLabelValue), "labels")
      .default({})
      .describe("Labels by which that Prometheus tells this cluster from others, such as cluster: eu-east."),
  })
    .exactOptional()
    .describe("Prometheus scrapes the kubelets too: what they tell of the servers' volumes. Absent: no alert on it."),
  system: strict({
    image: text(imageReference).describe("Image of the system exporter (see Dockerfile), with a tag or a digest."),
    role: text(entityName).describe(
      "Role of SYS as which it connects (docs/system-exporter.md says what it must be allowed).",
    ),
    rotation: whole(0).default(0).describe("Raise it by one to give it a new key."),
    ca: serversAuthority,
  })
    .exactOptional()
    .describe("What only the system account knows: refused logins, certificates, bridges. Absent: no alerts on them."),
  surveyor: surveyorSchema,
  prometheusRule: strict({ labels: labels("Labels by which Prometheus finds its rules.") })
    .exactOptional()
    .describe("Alerts in Prometheus (prometheus-operator). Absent: none."),
  grafana: grafanaSchema.exactOptional(),
  dashboardConfigMap: strict({
    namespace: text(dnsLabel).exactOptional().describe("Namespace. Absent: the servers'."),
    labels: mapOf(labelKey, text(labelValue), "labels")
      .default({ grafana_dashboard: "1" })
      .describe("Labels by which Grafana's sidecar finds dashboards."),
    dataSource: words("the uid of a data source").default("prometheus").describe("Uid of the Prometheus data source."),
  })
    .exactOptional()
    .describe("The dashboard as a ConfigMap, for a Grafana with the sidecar of its chart. Absent: none."),
  alerts: z
    .partialRecord(z.enum(alertNames as [string, ...string[]]), alertSchema, {
      // As in strict() of fields.ts: of an unknown key, the message is the list of known ones.
      error: (issue: { readonly code: string }) =>
        issue.code === "unrecognized_keys" ? alertNames.join(", ") : "a map of alerts by their names is needed here",
    })
    .default({})
    .describe("What is different about alerts, by their names."),
  expected: strict({
    gateways: whole(0).default(0).describe("Other clusters that each server is connected to. 0: no alert."),
    leafnodes: whole(0).default(0).describe("Leaf nodes that are connected to the region. 0: no alert."),
  })
    .prefault({})
    .describe("Connections that are to be there."),
  runbooks: text(webAddress)
    .exactOptional()
    .describe("Address of docs/runbooks, for the links in alerts. Absent: the alerts name the page."),
})
  .transform(({ exporter, ...others }) => {
    const { gateways, leafnodes } = others.expected;
    // What is expected is looked for.
    const told = { gateways: exporter.gateways || gateways > 0, leafnodes: exporter.leafnodes || leafnodes > 0 };
    return { ...others, exporter: { ...exporter, ...told } };
  })
  .describe("Metrics, alerts and dashboard. Absent: none.");
