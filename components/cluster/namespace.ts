import type { ManifestArgs } from "../target/index.ts";
import { labels } from "./names.ts";

/** The servers' namespace, in which the API server refuses pods that are not restricted. */
export function serversNamespace(name: string): ManifestArgs["Namespace"] {
  const security = {
    "pod-security.kubernetes.io/enforce": "restricted",
    "pod-security.kubernetes.io/warn": "restricted",
  };
  return {
    metadata: { name, labels: { "app.kubernetes.io/managed-by": labels["app.kubernetes.io/managed-by"], ...security } },
  };
}
