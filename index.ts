import { NatsCluster } from "./components/cluster/index.ts";
import { Credentials } from "./components/credentials/index.ts";
import { deliveriesTo } from "./components/credentials/deliveries.ts";
import { eachUserOnce } from "./components/credentials/issued.ts";
import { GeneratedInRegion, GeneratedSecrets } from "./components/generated/index.ts";
import { Discovery } from "./components/discovery/index.ts";
import { Monitoring } from "./components/monitoring/index.ts";
import { regionSecrets } from "./components/secrets/index.ts";
import { clusterTarget } from "./components/target/index.ts";
import { TrustChain } from "./components/trust/index.ts";
import { VaultSetup } from "./components/vault/index.ts";
import { readersOf } from "./components/vault/readers.ts";
import { loadPlatform } from "./config/load.ts";
import { type LoadedVaultSetup, loadVaultSetup, projectFile } from "./config/load-vault-setup.ts";
import { WithdrawnCredentials } from "./providers/resources.ts";
import { vaultAt } from "./providers/vault/client.ts";

const setup = loadVaultSetup();

// One default export: a named one that one kind of stack has no value for would be a warning in each of its updates.
export default setup === undefined ? natsPlatform() : { vault: vaultSetup(setup) };

/** A NATS platform. */
function natsPlatform() {
  const { platform, secrets: configured } = loadPlatform();
  const { operator, accounts, keys } = platform;
  const now = Math.floor(Date.now() / 1000);

  const trust = new TrustChain("trust", { operator, accounts, keys, secret: configured.seed });
  const generated = new GeneratedSecrets("generated", {
    ...{ settings: platform.secrets, operator: operator.name, regions: platform.regions },
    ...{ keys, secret: configured.seed, now },
  });

  const issued: Credentials["issued"][number][] = [];
  // Where each region's clients connect to, where its manifests went, and what delivered Secrets are known by.
  const regions = Object.fromEntries(
    Object.entries(platform.regions).map(([name, region]) => {
      const target = clusterTarget(name, region.target);
      const deliveries = deliveriesTo(name, accounts);
      const { discovery, externalSecrets, monitoring, nats } = region;
      const readers = readersOf(platform).filter((reader) => reader.region === name);
      const namespaces = readers.map(({ namespace }) => namespace);
      const secrets = regionSecrets({ region: name, target, keys, trust, externalSecrets, namespaces });
      const { exporter } = monitoring ?? {};
      const servers = new NatsCluster(name, { ...nats, exporter, target, keys, secrets, trust: trust.forServers() });
      const { addresses } = servers;
      const delivered = { secrets, deliveries, pushes: externalSecrets.push };
      const after = servers.namespace;
      const credentials = new Credentials(name, { ...delivered, addresses, after });
      issued.push(...credentials.issued);
      const made = generated.forRegion(name);
      new GeneratedInRegion(name, { target, secrets, generated: made, after });
      if (discovery !== undefined) {
        const here = { home: nats.namespace, after, generated: made.secrets, url: addresses.nats };
        new Discovery(name, { ...discovery, ...delivered, ...here, target, trust, allAccounts: accounts });
      }
      if (monitoring !== undefined) {
        new Monitoring(name, { monitoring, nats, target, after, tokens: made.tokens, regions: platform.regions });
      }
      return [name, { url: addresses.nats, ...target.summary, credentials: credentials.checksums }];
    }),
  );
  const { toRevoke } = new WithdrawnCredentials("withdrawn", eachUserOnce(issued), { parent: trust });
  // The operator's name in its JWT, and the JWT: what `nsc add operator --url` reads.
  // Withdrawn credentials connect until they are revoked.
  return { operatorJwt: trust.operatorJwt, regions, generated: generated.summary, toRevoke };
}

/** Policies and logins in the Vault of another stack's platform; the outputs are their names. */
function vaultSetup({ setup, platform, token }: LoadedVaultSetup) {
  const { keys } = platform;
  return new VaultSetup("vault", {
    keys,
    platform,
    setup,
    certificate: projectFile,
    token,
    ask: (request) => vaultAt(keys).request(request),
  }).summary;
}
