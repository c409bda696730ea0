import type { Alert, AlertContext } from "./alert.ts";
import { live, series, serversWith, up } from "./series.ts";

const isClustered = ({ replicas }: AlertContext) => replicas > 1;

/** How many servers make a majority. */
export function quorum({ replicas }: Pick<AlertContext, "replicas">): number {
  return Math.floor(replicas / 2) + 1;
}

/** What is wrong with the servers' being a cluster. */
export const clusterAlerts: readonly Alert[] = [
  {
    name: "NatsQuorumLost",
    title: "NATS Cluster Quorum Lost",
    severity: "critical",
    forSeconds: 30,
    // Without `or vector(0)` there is no value at all once nobody knows a leader, and the alert would be silent for ever.
    value: (context) =>
      `${serversWith(`${series(context, "server_jetstream_disabled", 'meta_leader!=""')} == 0`)} or vector(0)`,
    wrongWhen: "below",
    threshold: quorum,
    unit: "servers that have JetStream and know its leader",
    appliesTo: isClustered,
    noValueIs: "wrong",
    summary: "Too few NATS servers know a JetStream leader",
    description:
      "JetStream has no majority: streams and consumers can be neither made nor changed, and streams with replicas take no messages.",
  },
  {
    name: "NatsServersMissing",
    title: "NATS Servers Missing",
    severity: "warning",
    // A rolling restart takes servers away one after the other, and may look like one long gap.
    forSeconds: 600,
    restartSeconds: ({ replicas, lameDuckSeconds }) => replicas * (lameDuckSeconds + 60),
    value: (context) => `${serversWith(`${up(context, "server")} == 1`)} or vector(0)`,
    wrongWhen: "below",
    threshold: ({ replicas }) => replicas,
    unit: "servers that are scraped",
    noValueIs: "wrong",
    summary: "There are fewer NATS servers than there should be",
    description: "A pod that is gone leaves no series behind that could say so; this one counts those that are left.",
  },
  {
    name: "NatsPeerDisconnected",
    title: "NATS Server Has Lost A Peer",
    severity: "warning",
    forSeconds: 300,
    // varz_routes counts connections, of which there are several for each peer.
    value: (context) => `min by (namespace, pod) (${live(context, series(context, "varz_remotes"))})`,
    wrongWhen: "below",
    threshold: ({ replicas }) => replicas - 1,
    unit: "other servers that this one has routes to",
    appliesTo: isClustered,
    noValueIs: "fine",
    summary: "{{ $labels.pod }} is not connected to all other servers",
    description: "Messages do not reach clients of the servers that are cut off, and streams lose replicas.",
  },
  {
    name: "NatsWithoutMetaLeader",
    title: "NATS Server Without JetStream Leader",
    severity: "warning",
    forSeconds: 120,
    value: (context) =>
      `count by (namespace, pod) (${series(context, "server_jetstream_disabled", 'meta_leader=""')} == 0) or 0 * count by (namespace, pod) (${series(context, "server_jetstream_disabled")})`,
    wrongWhen: "above",
    threshold: 0,
    unit: "1 when the server knows no leader",
    range: { to: 1 },
    appliesTo: isClustered,
    noValueIs: "fine",
    summary: "{{ $labels.pod }} knows no JetStream leader",
    description: "This server is cut off from the others, or no leader can be chosen.",
  },
  {
    name: "NatsMetaLeadersDisagree",
    title: "NATS Servers Disagree On The JetStream Leader",
    severity: "warning",
    forSeconds: 120,
    value: (context) =>
      `count(count by (meta_leader) (${series(context, "server_jetstream_disabled", 'meta_leader!=""')}))`,
    wrongWhen: "above",
    threshold: 1,
    unit: "leaders that servers name",
    appliesTo: isClustered,
    noValueIs: "fine",
    summary: "The servers name different JetStream leaders",
    description: "Part of the cluster does not hear from the other part.",
  },
  {
    name: "NatsVersionSkew",
    title: "NATS Versions Differ",
    severity: "info",
    forSeconds: 3600,
    value: (context) => `count(count by (value) (${live(context, series(context, "varz_version"))}))`,
    wrongWhen: "above",
    threshold: 1,
    unit: "versions that run",
    appliesTo: isClustered,
    noValueIs: "fine",
    summary: "The servers run different versions of NATS",
    description: "An update has not come to its end.",
  },
];
