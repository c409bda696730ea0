import { NatsCluster } from "./components/cluster/index.ts";
import { Credentials } from "./components/credentials/index.ts";
import { deliveriesTo } from "./components/credentials/deliveries.ts";
import { clusterTarget } from "./components/target/index.ts";
import { TrustChain } from "./components/trust/index.ts";
import { loadPlatform } from "./config/load.ts";

const { platform, secrets } = loadPlatform();
const { operator, accounts, keys } = platform;

const trust = new TrustChain("trust", { operator, accounts, keys, secret: secrets.seed });

/** The operator's name in its JWT, and the JWT: what `nsc add operator --url` reads. */
export const operatorJwt = trust.operatorJwt;

/** Where each region's clients connect to, and where its manifests went. */
export const regions = Object.fromEntries(
  Object.entries(platform.regions).map(([name, region]) => {
    const target = clusterTarget(name, region.target);
    const servers = new NatsCluster(name, { ...region.nats, target, keys, trust: trust.forServers() });
    new Credentials(name, {
      target,
      deliveries: deliveriesTo(name, accounts),
      credsOf: (account, user) => trust.user(account, user).creds,
      url: servers.clientUrl,
      after: servers.namespace,
    });
    return [name, { url: servers.clientUrl, ...target.summary }];
  }),
);
