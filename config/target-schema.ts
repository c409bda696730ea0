import { z } from "zod";
import { strict, text, words } from "./fields.ts";
import { folderName } from "./names.ts";

const targetFields = {
  render: text(folderName)
    .exactOptional()
    .describe("Folder that receives the manifests, relative to the project. For Git, Argo CD or kubectl."),
  secrets: text(folderName)
    .exactOptional()
    .describe(
      "Folder that receives the Secrets in plain text; it is kept out of Git. Default: render with -secrets after it.",
    ),
  context: words("the name of a kubeconfig context")
    .exactOptional()
    .describe("Context of the kubeconfig: manifests are applied to this cluster."),
  clusterIdentifier: words("a name for the cluster")
    .exactOptional()
    .describe("Name that stays with the cluster when its address changes. Default: the context."),
  kubeconfig: words("the path of a kubeconfig file")
    .exactOptional()
    .describe("Path of the kubeconfig. Default: what kubectl would use."),
};

/** Where a region's manifests go, as far as it is written: `defaults` may hold a part. */
export const partialTarget = strict(targetFields).describe(
  "Part of a target, merged under the target of every region.",
);

/** Where a region's manifests go: into a folder (Secrets into one of their own), or onto a cluster. */
export type Target =
  { render: string; secrets: string } | { context: string; clusterIdentifier: string; kubeconfig?: string };

export const targetSchema = strict(targetFields)
  .transform(({ render, secrets, context, clusterIdentifier, kubeconfig }, issues): Target => {
    const wrong = (path: string[], message: string) => {
      issues.addIssue({ code: "custom", path, message });
      return z.NEVER;
    };
    if (render !== undefined && context !== undefined) {
      return wrong(["context"], "render stands here already: a target is a folder or a cluster, not both");
    }
    if (render !== undefined) {
      if (clusterIdentifier !== undefined) return wrong(["clusterIdentifier"], "it goes with context, not with render");
      if (kubeconfig !== undefined) return wrong(["kubeconfig"], "it goes with context, not with render");
      return { render, secrets: secrets ?? `${render}-secrets` };
    }
    if (context === undefined) return wrong([], "render (a folder) or context (a cluster) is needed in it");
    if (secrets !== undefined) return wrong(["secrets"], "it goes with render, not with context");
    return {
      context,
      clusterIdentifier: clusterIdentifier ?? context,
      ...(kubeconfig !== undefined && { kubeconfig }),
    };
  })
  .describe("Where the manifests go: render (a folder) or context (a cluster).");
