import type { AlertProof } from "./proof.ts";
import { about, told, volume, type Levels } from "./series.ts";

interface Room {
  readonly left?: Levels;
  readonly inodesLeft?: Levels;
  readonly inodes?: number;
}

/** A volume of ten gigabytes, of which ext4 keeps a twentieth for root. */
const disk = (claim: string, { left = 9e9, inodesLeft = 600_000, inodes = 655_360 }: Room, place = {}) => [
  volume(claim, "capacity_bytes", 10_000_000_000, place),
  volume(claim, "available_bytes", left, place),
  volume(claim, "used_bytes", 7_700_000_000, place),
  ...[volume(claim, "inodes", inodes, place), volume(claim, "inodes_free", inodesLeft, place)],
];

const full = { left: 1, inodesLeft: 1 };

/** Proofs of nats/alerts/volumes.ts. */
export const volumeProofs: readonly AlertProof[] = [
  {
    ...{ alert: "NatsVolumeFull", labels: [about.volume("jetstream-nats-2", "bytes")] },
    series: () => [
      ...disk("jetstream-nats-2", { left: { right: 2_000_000_000, wrong: 1_999_999_999 } }),
      ...["jetstream-nats-0", "resolver-nats-2"].flatMap((claim) => disk(claim, {})),
      // Volumes of others, and one whose file system counts no inodes.
      ...["data-postgres-0", "jetstream-nats-0-copy", "old-jetstream-nats-0"].flatMap((claim) => disk(claim, full)),
      ...disk("jetstream-nats-0", full, { namespace: "staging" }),
      ...disk("jetstream-nats-1", { inodes: 0, inodesLeft: 0 }),
    ],
    elsewhere: () => disk("jetstream-nats-2", full, { cluster: "us-west" }),
    naive: [
      {
        fault: "JetStream knows of its messages alone, and not of what else is on the disk",
        expression: "nats_varz_jetstream_stats_storage / nats_varz_jetstream_config_max_storage > 0.8",
        ...{ at: "wrong", fires: false },
        series: [
          ...disk("jetstream-nats-2", { left: 1e9 }),
          ...[told(2, "varz_jetstream_stats_storage", 5e9), told(2, "varz_jetstream_config_max_storage", 9.5e9)],
        ],
      },
      {
        fault: "what the file system keeps for root is not used, and not to be had",
        expression:
          'kubelet_volume_stats_used_bytes{namespace="nats",persistentvolumeclaim=~"jetstream-nats.*"} / kubelet_volume_stats_capacity_bytes > 0.8',
        ...{ at: "wrong", fires: false },
        series: disk("jetstream-nats-2", { left: 1_800_000_000 }),
      },
      {
        fault: "clusters have volumes of the same names",
        expression:
          '1 - kubelet_volume_stats_available_bytes{namespace="nats"} / kubelet_volume_stats_capacity_bytes > 0.8',
        ...{ at: "right", fires: true },
        series: disk("jetstream-nats-2", full, { cluster: "us-west" }),
      },
    ],
  },
  {
    ...{ alert: "NatsVolumeFull", variant: "of inodes", labels: [about.volume("jetstream-nats-2", "inodes")] },
    series: () => disk("jetstream-nats-2", { inodes: 100_000, inodesLeft: { right: 20_000, wrong: 19_999 } }),
    elsewhere: () => disk("jetstream-nats-2", full, { cluster: "us-west" }),
    naive: [
      {
        fault: "no file can be made without an inode, whatever room is left",
        expression: "1 - kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes > 0.8",
        ...{ at: "wrong", fires: false },
      },
      {
        fault: "a file system that makes inodes as it needs them says 0 of 0",
        expression: "kubelet_volume_stats_inodes_free <= 0.2 * kubelet_volume_stats_inodes",
        ...{ at: "right", fires: true },
        series: disk("jetstream-nats-2", { inodes: 0, inodesLeft: 0 }),
      },
    ],
  },
];
