import { Argocd } from "./components/argocd/index.ts";
import { eachUserOnce } from "./components/credentials/issued.ts";
import { GeneratedSecrets } from "./components/generated/index.ts";
import { placeRegion } from "./components/region/index.ts";
import { TrustChain } from "./components/trust/index.ts";
import { VaultSetup } from "./components/vault/index.ts";
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
  const { operator, accounts, argocd, keys } = platform;
  const now = Math.floor(Date.now() / 1000);

  const trust = new TrustChain("trust", { operator, accounts, keys, secret: configured.seed });
  const generated = new GeneratedSecrets("generated", {
    ...{ settings: platform.secrets, operator: operator.name, regions: platform.regions },
    ...{ keys, secret: configured.seed, now },
  });

  const regions = Object.entries(platform.regions).map(
    ([name, region]) => [name, placeRegion(name, region, { platform, trust, generated })] as const,
  );
  const issued = regions.flatMap(([, region]) => region.issued);
  const { toRevoke } = new WithdrawnCredentials("withdrawn", eachUserOnce(issued), { parent: trust });
  const fleet =
    argocd === undefined
      ? {}
      : { argocd: new Argocd("argocd", { settings: argocd, platform, secret: configured.seed }).summary };
  // The operator's name in its JWT, and the JWT: what `nsc add operator --url` reads.
  // Withdrawn credentials connect until they are revoked.
  const summaries = Object.fromEntries(regions.map(([name, { summary }]) => [name, summary]));
  return { operatorJwt: trust.operatorJwt, regions: summaries, generated: generated.summary, toRevoke, ...fleet };
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
