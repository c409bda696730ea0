import type { Alert } from "./alert.ts";
import { volumesUsed } from "./series.ts";

/** What is wrong with the servers' volumes, as kubelets see them. */
export const volumeAlerts: readonly Alert[] = [
  {
    name: "NatsVolumeFull",
    title: "NATS Volume Nearly Full",
    // Not critical: streams alone can't fill a volume before NatsJetStreamStorageHigh has paged somebody.
    severity: "warning",
    forSeconds: 300,
    value: ({ kubelet }) => (kubelet === undefined ? "" : volumesUsed(kubelet)),
    wrongWhen: "above",
    threshold: 0.8,
    unit: "share of the volume's bytes, or of its inodes",
    appliesTo: ({ kubelet }) => kubelet !== undefined,
    noValueIs: "fine",
    summary: "Volume {{ $labels.persistentvolumeclaim }} has nearly used up its {{ $labels.resource }}",
    description:
      "JetStream counts messages alone: what else is on the disk can fill it before JetStream's own limit. A server that can't write switches JetStream off.",
  },
];
