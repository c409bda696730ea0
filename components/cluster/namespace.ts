import type { ManifestArgs } from "../target/index.ts";
import { labels } from "./names.ts";

/** A namespace for pods of this program, of the servers or of brokers: the API server refuses pods that are not restricted there. */
export function restrictedNamespace(name: string): ManifestArgs["Namespace"] {
  const security = {
    "pod-security.kubernetes.io/enforce": "restricted",
    "pod-security.kubernetes.io/warn": "restricted",
  };
  return {
    metadata: { name, labels: { "app.kubernetes.io/managed-by": labels["app.kubernetes.io/managed-by"], ...security } },
  };
}
