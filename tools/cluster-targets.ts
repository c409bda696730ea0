import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";

/** A cluster that a region is applied to. */
interface ClusterTarget {
  readonly context: string;
  readonly kubeconfig?: string;
}

/**
 * Lines that name each cluster of a stack's file and the command that tells whether it answers; none where there is no cluster.
 * For the end of a failed update: the Kubernetes provider names the address of a cluster that it can't reach, not its context.
 */
export function clusterQuestions(file: string): string[] {
  return existsSync(file) ? questionsOf(readFileSync(file, "utf8")) : [];
}

/** The same from the file's text. */
export function questionsOf(text: string): string[] {
  const file = parse(text) as {
    config?: Record<string, { defaults?: Part; regions?: Record<string, Part | null> }>;
  } | null;
  const { defaults, regions = {} } = file?.config?.["nats-platform:platform"] ?? {};
  return Object.entries(regions).flatMap(([region, part]) => {
    const { context, kubeconfig } = { ...defaults?.target, ...part?.target };
    if (context === undefined) return [];
    const option = kubeconfig === undefined ? "" : ` --kubeconfig ${kubeconfig}`;
    return [
      `region ${region} is on the cluster of context ${context}; does it answer? kubectl${option} --context ${context} version`,
    ];
  });
}

interface Part {
  readonly target?: Partial<ClusterTarget>;
}
