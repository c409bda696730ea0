import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ManifestArgs } from "../target/index.ts";
import { restrictedPod } from "./security.ts";

type Labels = Readonly<Record<string, string>>;

/** What pods are made from that read their configuration when they start. */
export interface PodArgs {
  readonly labels: Labels;
  /** Changes with what the pod reads: then another one takes its place. */
  readonly checksum: pulumi.Input<string>;
  /** Number of the user that its containers run as. */
  readonly user: number;
  /** What they have of their own. */
  readonly spec: k8s.types.input.core.v1.PodSpec;
}

/** A pod of the restricted Pod Security standard, which is told nothing of Services but by its configuration. */
export function podTemplate({ labels, checksum, user, spec }: PodArgs): k8s.types.input.core.v1.PodTemplateSpec {
  return {
    metadata: { labels, annotations: { "nats-platform/config-checksum": checksum } },
    spec: { enableServiceLinks: false, securityContext: restrictedPod(user), ...spec },
  };
}

/** A Deployment of one pod, which has ended before another one starts: for what there may never be two of. */
export function singlePodDeployment(
  { name, namespace, selector }: { readonly name: string; readonly namespace: string; readonly selector: Labels },
  pod: PodArgs,
): ManifestArgs["Deployment"] {
  return {
    metadata: { name, namespace, labels: pod.labels },
    spec: {
      replicas: 1,
      strategy: { type: "Recreate" },
      selector: { matchLabels: selector },
      template: podTemplate(pod),
    },
  };
}
