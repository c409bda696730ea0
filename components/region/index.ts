import { isMadeForSync } from "../../config/argocd/synced.ts";
import { bridgesIn } from "../../config/mqtt-bridges.ts";
import type { Platform, Region } from "../../config/schema.ts";
import type { ServerAddresses } from "../../nats/credential-fields.ts";
import { syncedManifest } from "../argocd/synced-manifest.ts";
import { NatsCluster } from "../cluster/index.ts";
import { deliveriesTo } from "../credentials/deliveries.ts";
import { Credentials } from "../credentials/index.ts";
import { Discovery } from "../discovery/index.ts";
import { GeneratedInRegion, type GeneratedSecrets } from "../generated/index.ts";
import { Monitoring } from "../monitoring/index.ts";
import { MqttBridges } from "../mqtt-bridge/index.ts";
import { regionSecrets } from "../secrets/index.ts";
import { clusterTarget } from "../target/index.ts";
import type { TrustChain } from "../trust/index.ts";
import { readersOf } from "../vault/readers.ts";

/** What all regions of a stack share. */
export interface Shared {
  readonly platform: Platform;
  readonly trust: TrustChain;
  readonly generated: GeneratedSecrets;
}

/** Everything that a region consists of. It is no component of its own: each part has been at the top of the stack from the first version on. */
export function placeRegion(name: string, region: Region, { platform, trust, generated }: Shared) {
  const { discovery, externalSecrets, monitoring, nats } = region;
  const { accounts, keys } = platform;
  const target = clusterTarget(name, region.target, isMadeForSync(platform, region) ? syncedManifest : undefined);
  const readers = readersOf(platform).filter((reader) => reader.region === name);
  const namespaces = readers.map(({ namespace }) => namespace);
  const secrets = regionSecrets({ region: name, target, keys, trust, externalSecrets, namespaces });

  const { exporter } = monitoring ?? {};
  const servers = new NatsCluster(name, { ...nats, exporter, target, keys, secrets, trust: trust.forServers() });
  const { addresses, namespace: after } = servers;

  const delivered = { secrets, deliveries: deliveriesTo(name, accounts), pushes: externalSecrets.push };
  const credentials = new Credentials(name, { ...delivered, addresses, after });
  const bridges = bridgesIn(name, region);
  const bridging = { bridges, accounts, target, secrets, nats, after };
  const bridged = bridges.length === 0 ? [] : new MqttBridges(name, bridging).issued;
  const made = generated.forRegion(name);
  new GeneratedInRegion(name, { target, secrets, generated: made, after });
  if (discovery !== undefined) {
    const here = { home: nats.namespace, after, bridges, generated: made.secrets, url: addresses.nats };
    new Discovery(name, { ...discovery, ...delivered, ...here, target, trust, allAccounts: accounts });
  }
  if (monitoring !== undefined) {
    const clientIds = bridges.map(({ clientId }) => clientId);
    const watched = { url: addresses.nats, bridges: clientIds, tokens: made.tokens, regions: platform.regions };
    new Monitoring(name, { monitoring, nats, target, after, credentials, ...watched });
  }
  return {
    issued: [...credentials.issued, ...bridged],
    // Where clients connect to, where the manifests went, and what delivered Secrets are known by.
    summary: { ...urlsOf(addresses), ...target.summary, credentials: credentials.checksums },
  };
}

function urlsOf({ nats, mqtt }: ServerAddresses): Record<string, string> {
  return { url: nats, ...(mqtt === undefined ? {} : { mqtt }) };
}
