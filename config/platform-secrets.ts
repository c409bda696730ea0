/** Secrets that this program has in the servers' namespace for itself: nothing else may write them. */
export const platformSecrets: readonly string[] = ["nats-config", "nats-credentials", "nats-discovery-keys"];
