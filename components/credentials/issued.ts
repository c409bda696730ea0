import type { DeliveredCredential } from "../secrets/index.ts";

/** The users whose credentials are delivered, each once, however many Secrets have them. */
export function eachUserOnce(issued: readonly DeliveredCredential["issued"][]): DeliveredCredential["issued"][] {
  return [...new Map(issued.map((it) => [`${it.account}/${it.user}`, it])).values()];
}
