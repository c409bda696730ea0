import { generatedEntries } from "../generated-entries.ts";
import { bridgesIn } from "../mqtt-bridges.ts";
import { platformSecrets } from "../platform-secrets.ts";
import type { Path } from "../problem.ts";
import type { Platform, Region } from "../schema.ts";
import { clusterOf, IN_CLUSTER } from "./clusters.ts";

/** Regions in the cluster that Argo CD runs in: their manifests and its own are side by side. */
export function regionsBeside(platform: Platform): [name: string, region: Region][] {
  const target = platform.argocd?.target;
  const own = target !== undefined && "context" in target ? target.clusterIdentifier : undefined;
  return Object.entries(platform.regions).filter(([name, region]) => {
    const isSame = own !== undefined && "context" in region.target && region.target.clusterIdentifier === own;
    return isSame || clusterOf(platform, name) === IN_CLUSTER;
  });
}

/** A Secret of a region, and what makes it. */
export interface RegionSecret {
  readonly namespace: string;
  readonly secret: string;
  readonly path: Path;
  readonly isGenerated: boolean;
}

/** Every Secret that the platform has in a region. */
export function secretsOfRegion({ accounts, secrets }: Platform, name: string, region: Region): RegionSecret[] {
  const delivered = Object.entries(accounts).flatMap(([account, { users }]) =>
    Object.entries(users).flatMap(([user, { deliver }]) =>
      deliver.map((it, at) => ({ ...it, path: ["accounts", account, "users", user, "deliver", at] })),
    ),
  );
  const generated = [...generatedEntries(secrets)].flatMap(({ entry, path, destinations }) =>
    destinations.map((it) => ({ ...it, secret: entry.secretName, path, isGenerated: true })),
  );
  const bridges = bridgesIn(name, region).map((it) => ({ ...it, path: ["regions", name, "mqttBridges"] }));
  const pushed = region.externalSecrets.push.map((it, at) => ({
    ...it,
    path: ["regions", name, "externalSecrets", "push", at],
  }));
  const { namespace } = region.nats;
  const own = platformSecrets.map((secret) => ({ namespace, secret, path: ["regions", name, "nats"] }));
  const elsewhere = [...delivered, ...generated].filter((it) => it.region === name);
  return [...elsewhere, ...bridges, ...pushed, ...own].map((it) => ({
    ...{ namespace: it.namespace, secret: it.secret, path: it.path },
    isGenerated: "isGenerated" in it,
  }));
}

/** Namespaces of a region in which External Secrets makes something. Into a cluster that Pulumi reaches, generated Secrets come otherwise. */
export function namespacesWithStore(platform: Platform, name: string, region: Region): string[] {
  const made = secretsOfRegion(platform, name, region).filter((it) => !it.isGenerated || "render" in region.target);
  return [...new Set(made.map(({ namespace }) => namespace))];
}
