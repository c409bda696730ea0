import { stringify } from "yaml";

/** A Kubernetes object. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** The first line of every file that is ours. A file that begins otherwise is somebody else's. */
export const header = "# Written by nats-platform. Edits are undone by the next update.\n";

const leading = ["apiVersion", "kind", "metadata", "name", "namespace"];

/**
 * A manifest as YAML, the same text for the same content: keys are sorted, for the order of an object's keys does not
 * survive the way through the Pulumi engine (pulumi/pulumi#16582).
 */
export function renderManifest(manifest: Manifest): string {
  return (
    header + stringify(manifest, { sortMapEntries: (a, b) => compare(String(a.key), String(b.key)), lineWidth: 0 })
  );
}

function compare(a: string, b: string): number {
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

function rank(key: string): number {
  const index = leading.indexOf(key);
  return index < 0 ? leading.length : index;
}
