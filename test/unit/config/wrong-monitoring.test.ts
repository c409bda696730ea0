import { ALERTS } from "../../../nats/alerts/table.ts";
import { refuses } from "./wrong.ts";

const first = ALERTS.slice(0, 20).map(({ name }) => name);

refuses([
  [
    "a contact point has no name",
    "regions: { local: { monitoring: { grafana: { contactPoint: { type: email } } } } }",
    "regions.local.monitoring.grafana.contactPoint: found a contact point, but a contact point is made under the name in receiver, and there is none",
  ],
  [
    "an alert fires sooner than Grafana looks",
    `
regions:
  local:
    monitoring:
      grafana: {}
      alerts: { NatsJetStreamDisabled: { for: 30s }, NatsQuorumLost: { for: 5s }, NatsServerRestarted: { for: 0s } }
`,
    "regions.local.monitoring.alerts.NatsJetStreamDisabled.for: found 30s, but Grafana evaluates this alert each 1m: 0s, or 1m or more",
    "regions.local.monitoring.alerts.NatsQuorumLost.for: found 5s, but Grafana evaluates this alert each 10s: 0s, or 10s or more",
  ],
  [
    "two regions make the same contact point in one Grafana",
    `
defaults: { monitoring: { grafana: { receiver: on-call, contactPoint: { type: email } } } }
regions:
  local: {}
  other: { target: { render: deploy/other } }
  third: { target: { render: deploy/third }, monitoring: { grafana: { instanceSelector: { dashboards: third } } } }
`,
    'defaults.monitoring.grafana.contactPoint: found a contact point, but region local makes "on-call" in the same Grafana: leave contactPoint to one of them, and receiver to both (another Grafana has another instanceSelector)',
  ],
  [
    "a region calls its folder as those of two others are told apart",
    `
defaults: { monitoring: { grafana: {} } }
regions:
  a: { target: { render: deploy/a } }
  east: { target: { render: deploy/east } }
  third: { target: { render: deploy/third }, monitoring: { grafana: { folder: NATS east } } }
  elsewhere:
    target: { render: deploy/elsewhere }
    monitoring: { grafana: { folder: NATS a, instanceSelector: { dashboards: elsewhere } } }
`,
    'regions.third.monitoring.grafana.folder: found "NATS east", but in the same Grafana the folder of region east is called so, as several regions have "NATS" and their names after it: another title is needed here',
  ],
  [
    "scrapes are too far apart for what alerts look back to",
    "regions: { local: { monitoring: { podMonitor: { interval: 10m } } } }",
    'regions.local.monitoring.podMonitor.interval: found "10m", but a duration from 5s to 30s is needed here, such as 30s',
  ],
  [
    "the system exporter asks for TLS where there is none",
    `
accounts:
  SYS: { roles: { all: { publish: [">"], subscribe: [">"] } }, allow: [{ region: local, namespaces: [nats] }] }
regions:
  local: { monitoring: { system: { image: "x:1", role: all, ca: { secret: authorities } } } }
`,
    "regions.local.monitoring.system.ca: found authorities, but the servers speak without TLS to NATS clients, and a client that asks for it is turned away",
  ],
  [
    "Surveyor asks for TLS where there is none, and expects fewer servers than there are",
    `
accounts:
  SYS: { roles: { all: { publish: [">"], subscribe: [">"] } }, allow: [{ region: local, namespaces: [nats] }] }
regions:
  local: { monitoring: { surveyor: { role: all, ca: { secret: authorities }, servers: 2 } } }
`,
    "regions.local.monitoring.surveyor.ca: found authorities, but the servers speak without TLS to NATS clients, and a client that asks for it is turned away",
    "regions.local.monitoring.surveyor.servers: found 2, but the region alone has 3 servers, and all of them answer",
  ],
  [
    "Surveyor is not told how many servers there are behind gateways",
    `
accounts:
  SYS: { roles: { all: { publish: [">"], subscribe: [">"] } }, allow: [{ region: local, namespaces: [nats] }] }
regions:
  local: { monitoring: { expected: { gateways: 1 }, surveyor: { role: all } } }
`,
    "regions.local.monitoring.surveyor.servers: found nothing, but the servers of other clusters answer as well (regions.local.monitoring.expected.gateways): the number of servers in all of them is needed here",
  ],
  [
    "an alert is changed that no region has, and one that could never fire",
    `
regions:
  local:
    monitoring:
      alerts:
        NatsAuthenticationErrors: { threshold: 3 }
        NatsGatewayDown: { enabled: false }
        NatsQuorumLost: { threshold: 0 }
        NatsJetStreamStorageHigh: { threshold: 80 }
        NatsServerUnhealthy: { threshold: 1 }
`,
    "regions.local.monitoring.alerts.NatsAuthenticationErrors: found a change, but no region of this stack has this alert: docs/alerts.md says what it applies with",
    "regions.local.monitoring.alerts.NatsJetStreamStorageHigh.threshold: found 80, but this alert fires above its threshold, and there is at most 1 (share of the file storage of a server)",
    "regions.local.monitoring.alerts.NatsQuorumLost.threshold: found 0, but this alert fires below its threshold, and nothing is ever below that",
    "regions.local.monitoring.alerts.NatsServerUnhealthy.threshold: found 1, but this alert fires above its threshold, and there is at most 1 (0 when healthy)",
  ],
  [
    "labels of kubelets' series are none, or not to be written into an expression",
    String.raw`
regions:
  local:
    monitoring:
      kubelet: { labels: { cluster-name: a, __name__: b, namespace: c, cluster: 'a"}', zone: $zone } }
`,
    'regions.local.monitoring.kubelet.labels.__name__: found "__name__" as a name, but a label of Prometheus looks like cluster; namespace and persistentvolumeclaim are asked for anyhow',
    'regions.local.monitoring.kubelet.labels.cluster-name: found "cluster-name" as a name, but a label of Prometheus looks like cluster; namespace and persistentvolumeclaim are asked for anyhow',
    String.raw`regions.local.monitoring.kubelet.labels.cluster: found "a\"}", but the value of a label in Prometheus is text of at most 200 characters, without ", \ and $`,
    'regions.local.monitoring.kubelet.labels.namespace: found "namespace" as a name, but a label of Prometheus looks like cluster; namespace and persistentvolumeclaim are asked for anyhow',
    String.raw`regions.local.monitoring.kubelet.labels.zone: found "$zone", but the value of a label in Prometheus is text of at most 200 characters, without ", \ and $`,
  ],
  [
    "an alert is misspelt",
    "regions: { local: { monitoring: { alerts: { NatsQuorumLots: { for: 1m } } } } }",
    `regions.local.monitoring.alerts.NatsQuorumLots: found an unknown key, but only ${first.join(", ")} or ${String(ALERTS.length - 20)} more can stand here; did you mean NatsQuorumLost?`,
  ],
]);
