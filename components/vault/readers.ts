import type { Account, Platform } from "../../config/schema.ts";
import { deliveriesTo } from "../credentials/deliveries.ts";
import type { ReaderPlace } from "./names.ts";

/** A namespace of a region that reads from Vault through External Secrets. */
export interface Reader extends ReaderPlace {
  /** The servers run here: they need the password of their routes. */
  readonly hasServers: boolean;
}

/** What the readers follow from. */
export interface ReadersOf {
  readonly regions: Readonly<Record<string, { readonly nats: Pick<Platform["regions"][string]["nats"], "namespace"> }>>;
  readonly accounts: Readonly<Record<string, Account>>;
}

/** Every namespace that reads: region by region as configured, the servers' first, then those with deliveries by name. */
export function readersOf({ regions, accounts }: ReadersOf): Reader[] {
  return Object.entries(regions).flatMap(([region, { nats }]) => {
    const others = new Set(deliveriesTo(region, accounts).map(({ namespace }) => namespace));
    others.delete(nats.namespace);
    return [
      { region, namespace: nats.namespace, hasServers: true },
      ...[...others].sort().map((namespace) => ({ region, namespace, hasServers: false })),
    ];
  });
}
