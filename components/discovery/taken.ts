import type { Delivery } from "../credentials/delivery.ts";
import type { GeneratedSecret } from "../generated/generated-secret.ts";
import type { PushedHere } from "../secrets/index.ts";
import type { TakenPlace } from "./settings.ts";

/** What else writes Secrets in a region. */
export interface OtherWriters {
  readonly deliveries: readonly Delivery[];
  readonly bridges: readonly { readonly name: string; readonly namespace: string; readonly secret: string }[];
  readonly pushes: readonly PushedHere[];
  readonly generated: readonly Pick<GeneratedSecret, "namespace" | "secretName">[];
  /** The servers' namespace, and the Secrets that are there for the platform itself. */
  readonly home: string;
  readonly own: readonly string[];
}

/** The Secrets that the controller must leave alone. */
export function takenPlaces({ deliveries, bridges, pushes, generated, home, own }: OtherWriters): TakenPlace[] {
  return [
    ...deliveries.map(({ account, user, namespace, secret }) => ({
      namespace,
      secret,
      by: `user ${user} of account ${account} (accounts.${account}.users.${user}.deliver)`,
    })),
    ...bridges.map(({ name, namespace, secret }) => ({
      namespace,
      secret,
      by: `the bridge ${name} (mqttBridges.${name})`,
    })),
    ...pushes.map(({ namespace, secret }) => ({ namespace, secret, by: "what begins here (externalSecrets.push)" })),
    ...generated.map(({ namespace, secretName }) => ({
      namespace,
      secret: secretName,
      by: "what is generated here (secrets)",
    })),
    ...own.map((secret) => ({ namespace: home, secret, by: "the platform itself" })),
  ];
}
