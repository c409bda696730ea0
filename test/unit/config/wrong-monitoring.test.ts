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
    "an alert is misspelt",
    "regions: { local: { monitoring: { alerts: { NatsQuorumLots: { for: 1m } } } } }",
    `regions.local.monitoring.alerts.NatsQuorumLots: found an unknown key, but only ${first.join(", ")} or ${String(ALERTS.length - 20)} more can stand here; did you mean NatsQuorumLost?`,
  ],
]);
