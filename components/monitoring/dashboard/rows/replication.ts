import { Short } from "@grafana/grafana-foundation-sdk/units";
import { graph, type Panel, type Row } from "../panel.ts";
import type { DashboardSettings } from "../settings.ts";
import { byStream, highestStreams, liveOf, ofReplicas, ofServers, ofStreams, once, perServer } from "../told.ts";

const healthy = { 0: { text: "healthy", colour: "green" }, 1: { text: "not healthy", colour: "red" } } as const;
const leads = { 1: { text: "leads", colour: "blue" } } as const;

const hasStreams = ({ streams }: DashboardSettings) => streams !== "none";

function leader(settings: DashboardSettings): Panel {
  return {
    kind: "states",
    title: "JetStream leader",
    description: "Which server led JetStream's meta group. Nobody, for a while: an election, or no majority.",
    unit: Short,
    width: 12,
    queries: [
      {
        // The value itself is 0 where JetStream is on.
        expression: `max by (meta_leader) (${ofServers(settings, "server_jetstream_disabled", 'meta_leader!=""')} * 0 + 1)`,
        legend: "{{meta_leader}}",
      },
    ],
    states: leads,
  };
}

function streamsLed(settings: DashboardSettings): Panel {
  return graph({
    title: "Streams led",
    description: "Of how many streams each server is the leader. Leaders do all the work of a stream.",
    unit: Short,
    // Server names are the pods' names. A server that leads nothing has no series that could be counted.
    queries: [
      { expression: `count by (pod) (${once(ofStreams(settings, "total_messages"), byStream)})`, legend: "{{pod}}" },
    ],
    isStacked: true,
    whenEmpty: "no streams",
  });
}

function replicasApart(settings: DashboardSettings): Panel {
  const last = ofReplicas(settings, "last_seq");
  return graph({
    title: "Replicas apart",
    description:
      "Messages between the first and the last replica of a stream. Replicas are not scraped at the same moment: under load some are normal.",
    unit: Short,
    queries: [highestStreams(`max by (${byStream}) (${last}) - min by (${byStream}) (${last})`)],
    whenEmpty: "no streams",
  });
}

/** What one server alone has none of. */
function peerPanels(settings: DashboardSettings): Panel[] {
  return [
    graph({
      title: "Peers",
      description: "Other servers that each server has routes to: all of them, or the cluster is cut in parts.",
      unit: Short,
      // varz_routes counts connections, of which there are several for each peer.
      queries: [perServer(liveOf(settings, "varz_remotes"))],
    }),
    graph({
      title: "Meta group backlog",
      description: "Changes to streams and consumers that the servers have not carried out yet.",
      unit: Short,
      queries: [perServer(liveOf(settings, "varz_jetstream_meta_pending"))],
    }),
    graph({
      title: "Replicated assets",
      description: "Raft groups on each server: one for each replicated stream, and one for each replicated consumer.",
      unit: Short,
      queries: [perServer(liveOf(settings, "varz_jetstream_stats_ha_assets"))],
    }),
  ];
}

/** Whether the servers are a cluster, and Raft works. */
export const replication: Row = {
  title: "Replication and Raft",
  panels: (settings) => [
    {
      kind: "states",
      title: "Health",
      description:
        "What each server says of itself. For some seconds after another server is lost, not healthy is normal. A gap: it did not answer.",
      unit: Short,
      width: 12,
      queries: [perServer(ofServers(settings, "healthz_status"))],
      states: healthy,
    },
    ...(settings.isClustered ? [leader(settings)] : []),
    ...(hasStreams(settings) ? [streamsLed(settings)] : []),
    ...(hasStreams(settings) && settings.isClustered ? [replicasApart(settings)] : []),
    ...(settings.isClustered ? peerPanels(settings) : []),
  ],
};
