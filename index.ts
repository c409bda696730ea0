import { NatsCluster } from "./components/cluster/index.ts";
import { Credentials } from "./components/credentials/index.ts";
import { deliveriesTo } from "./components/credentials/deliveries.ts";
import { Discovery } from "./components/discovery/index.ts";
import { regionSecrets } from "./components/secrets/index.ts";
import { clusterTarget } from "./components/target/index.ts";
import { TrustChain } from "./components/trust/index.ts";
import { VaultSetup } from "./components/vault/index.ts";
import { readersOf } from "./components/vault/readers.ts";
import { loadPlatform } from "./config/load.ts";
import { type LoadedVaultSetup, loadVaultSetup, projectFile } from "./config/load-vault-setup.ts";
import { vaultAt } from "./providers/vault/client.ts";

const setup = loadVaultSetup();

// One default export: a named one that one kind of stack has no value for would be a warning in each of its updates.
export default setup === undefined ? natsPlatform() : { vault: vaultSetup(setup) };

/** A NATS platform. */
function natsPlatform() {
  const { platform, secrets: configured } = loadPlatform();
  const { operator, accounts, keys } = platform;

  const trust = new TrustChain("trust", { operator, accounts, keys, secret: configured.seed });

  // Where each region's clients connect to, and where its manifests went.
  const regions = Object.fromEntries(
    Object.entries(platform.regions).map(([name, region]) => {
      const target = clusterTarget(name, region.target);
      const deliveries = deliveriesTo(name, accounts);
      const { discovery, externalSecrets, nats } = region;
      const readers = readersOf(platform).filter((reader) => reader.region === name);
      const namespaces = readers.map(({ namespace }) => namespace);
      const secrets = regionSecrets({ region: name, target, keys, trust, externalSecrets, namespaces });
      const servers = new NatsCluster(name, { ...nats, target, keys, secrets, trust: trust.forServers() });
      const delivered = { secrets, deliveries, pushes: externalSecrets.push, url: servers.clientUrl };
      new Credentials(name, { ...delivered, after: servers.namespace });
      if (discovery !== undefined) {
        const home = { home: nats.namespace, after: servers.namespace };
        new Discovery(name, { ...discovery, ...delivered, ...home, target, trust, allAccounts: accounts });
      }
      return [name, { url: servers.clientUrl, ...target.summary }];
    }),
  );
  // The operator's name in its JWT, and the JWT: what `nsc add operator --url` reads.
  return { operatorJwt: trust.operatorJwt, regions };
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
