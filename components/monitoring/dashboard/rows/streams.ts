import { BytesIEC, MessagesPerSecond, PercentUnit, Short } from "@grafana/grafana-foundation-sdk/units";
import type { KubeletSeries } from "../../../../nats/alerts/alert.ts";
import { volumesUsed } from "../../../../nats/alerts/series.ts";
import { graph, type Graph, type Row } from "../panel.ts";
import { byStream, highestStreams, liveOf, mostLines, ofReplicas, ofStreams, once, perServer, rate } from "../told.ts";

const highest = `The ${String(mostLines)} streams with the highest values.`;

const volumes = (kubelet: KubeletSeries, width: number): Graph =>
  graph({
    title: "Volumes used",
    description:
      "Share of each volume's bytes and inodes, as its kubelet sees it: whatever is there, not streams alone.",
    unit: PercentUnit,
    queries: [{ expression: volumesUsed(kubelet), legend: "{{persistentvolumeclaim}} {{resource}}" }],
    max: 1,
    width,
  });

/** What is stored. */
export const streams: Row = {
  title: "Streams",
  appliesTo: (settings) => settings.streams !== "none",
  panels: (settings) => {
    const storageWidth = settings.kubelet === undefined ? 12 : 8;
    const now = (name: string) => `max by (${byStream}) (${ofStreams(settings, name)})`;
    return [
      {
        kind: "table",
        title: "Streams",
        description:
          "What is in each stream now, as its leader tells it. A stream without a leader has replicas alone.",
        unit: Short,
        width: 24,
        labels: { account_name: "Account", stream_name: "Stream" },
        columns: [
          { title: "Messages", expression: now("total_messages"), unit: Short },
          { title: "Size", expression: now("total_bytes"), unit: BytesIEC },
          { title: "Consumers", expression: now("consumer_count"), unit: Short },
          { title: "Subjects", expression: now("subject_count"), unit: Short },
          {
            title: "Replicas",
            expression: `count by (${byStream}) (${once(ofReplicas(settings, "total_messages"), byStream)})`,
            unit: Short,
          },
        ],
        whenEmpty: "no streams",
      },
      graph({
        title: "Written",
        description: `Messages that are stored. ${highest}`,
        unit: MessagesPerSecond,
        queries: [highestStreams(rate(ofStreams(settings, "last_seq")))],
        whenEmpty: "no streams",
      }),
      graph({
        title: "Messages stored",
        description: `Messages in a stream. ${highest}`,
        unit: Short,
        queries: [highestStreams(ofStreams(settings, "total_messages"))],
        whenEmpty: "no streams",
      }),
      graph({
        title: "Size",
        description: `Size of one replica. ${highest}`,
        unit: BytesIEC,
        queries: [highestStreams(ofStreams(settings, "total_bytes"))],
        whenEmpty: "no streams",
      }),
      graph({
        title: "File storage",
        description: "What streams use of each server's volume, and what is promised to streams with a limit.",
        unit: BytesIEC,
        queries: [
          perServer(liveOf(settings, "varz_jetstream_stats_storage")),
          { ...perServer(liveOf(settings, "varz_jetstream_stats_reserved_storage")), legend: "{{pod}} reserved" },
          { expression: `max(${liveOf(settings, "varz_jetstream_config_max_storage")})`, legend: "limit of a server" },
        ],
        width: storageWidth,
      }),
      ...(settings.kubelet === undefined ? [] : [volumes(settings.kubelet, storageWidth)]),
      graph({
        title: "Memory storage",
        description: "What streams that are kept in memory use on each server.",
        unit: BytesIEC,
        queries: [
          perServer(liveOf(settings, "varz_jetstream_stats_memory")),
          { expression: `max(${liveOf(settings, "varz_jetstream_config_max_memory")})`, legend: "limit of a server" },
        ],
        width: storageWidth,
      }),
    ];
  },
};
