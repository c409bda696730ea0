import * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess } from "../../providers/kubernetes/cluster.ts";
import { ClusterSecret } from "../../providers/resources.ts";
import type { PlaceOptions } from "../target/index.ts";
import type { GeneratedSecret } from "./generated-secret.ts";
import { sourceOf } from "./source.ts";

/** A generated Secret in a cluster, where somebody else's of that name may be. */
export function clusterSecret(
  name: string,
  { secretName, source, annotations, ...secret }: GeneratedSecret,
  cluster: ClusterAccess,
  opts: PlaceOptions,
): void {
  const inputs = { ...secret, name: secretName, keeper: name, cluster, annotations: pulumi.output(annotations) };
  new ClusterSecret(name, { ...inputs, source: sourceOf(source) }, opts);
}
