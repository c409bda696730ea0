import type { NamedBridge } from "../../config/mqtt-bridges.ts";

/** The namespaces that bridges want made, each once, without that of the servers, which is theirs to make. */
export function namespacesToMake(bridges: readonly NamedBridge[], serversNamespace: string): string[] {
  const wanted = bridges.filter(({ createNamespace }) => createNamespace).map(({ namespace }) => namespace);
  return [...new Set(wanted)].filter((namespace) => namespace !== serversNamespace);
}
