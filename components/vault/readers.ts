import { generatedEntries } from "../../config/generated-entries.ts";
import type { Account, GeneratedSecrets, Region } from "../../config/schema.ts";
import { handedOut, issuerKeyNames } from "../discovery/accounts.ts";
import { deliveriesTo } from "../credentials/deliveries.ts";
import type { ReaderPlace } from "./names.ts";

/** A namespace of a region that reads from Vault through External Secrets. */
export interface Reader extends ReaderPlace {
  /** The servers run here: they need the password of their routes. */
  readonly hasServers: boolean;
  /** Secrets of this namespace that begin here and go into Vault. */
  readonly pushes?: readonly string[];
  /** Names of the keys that the controller for credentials by labels has here. */
  readonly issuers?: readonly string[];
}

/** What the readers follow from. */
export interface ReadersOf {
  readonly regions: Readonly<
    Record<
      string,
      {
        readonly nats: Pick<Region["nats"], "namespace">;
        readonly externalSecrets?: Pick<Region["externalSecrets"], "push">;
        readonly target?: Region["target"];
        readonly discovery?: Region["discovery"];
        readonly mqttBridges?: Region["mqttBridges"];
      }
    >
  >;
  readonly secrets?: GeneratedSecrets;
  readonly accounts: Readonly<Record<string, Account>>;
}

/** Every namespace that reads: region by region as configured, the servers' first, then those with deliveries by name. */
export function readersOf({ regions, accounts, secrets }: ReadersOf): Reader[] {
  return Object.entries(regions).flatMap(([region, settings]) => {
    const { nats, externalSecrets, target, discovery, mqttBridges = {} } = settings;
    const pushed = externalSecrets?.push ?? [];
    // Into a cluster that Pulumi reaches, generated Secrets don't come through External Secrets.
    const isReached = target !== undefined && "context" in target;
    const generated =
      secrets === undefined || isReached ? [] : [...generatedEntries(secrets)].flatMap((it) => it.destinations);
    const here = generated.filter((destination) => destination.region === region);
    const others = new Set(
      [...deliveriesTo(region, accounts), ...Object.values(mqttBridges), ...pushed, ...here].map(
        ({ namespace }) => namespace,
      ),
    );
    others.delete(nats.namespace);
    return [nats.namespace, ...[...others].sort()].map((namespace, place) => {
      const pushes = pushed.filter((it) => it.namespace === namespace).map(({ secret }) => secret);
      const hasServers = place === 0;
      const issuers =
        hasServers && discovery !== undefined ? issuerKeyNames(handedOut(region, discovery, accounts)) : [];
      return {
        region,
        namespace,
        hasServers,
        ...(pushes.length === 0 ? {} : { pushes }),
        ...(issuers.length === 0 ? {} : { issuers }),
      };
    });
  });
}
