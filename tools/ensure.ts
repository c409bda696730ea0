import { delimiter } from "node:path";
import { findEngine, type Engine } from "./engine.ts";
import { goBuild, type GoBuild } from "./go.ts";
import {
  argocdBuild,
  clusterBuild,
  corednsBuild,
  etcdBuild,
  exporterBuild,
  externalSecretsBuild,
  helmfileBuild,
  kubeRouterBuild,
  kubernetesBuild,
  natsBeforeBuild,
  natsBuild,
  vaultBuild,
  vaultProviderBuild,
} from "./go-builds.ts";
import { which } from "./run.ts";

/** What a command may need beyond Node and the project's packages. */
export type ToolName =
  | "engine"
  | "nats"
  | "nats-before"
  | "exporter"
  | "vault"
  | "kubernetes-provider"
  | "vault-provider"
  | "external-secrets"
  | "kubernetes"
  | "etcd"
  | "coredns"
  | "kube-router"
  | "argocd"
  | "helmfile";

let engine: Promise<Engine> | undefined;

const finders: Record<ToolName, () => Promise<string | undefined>> = {
  engine: async () => (await (engine ??= findEngine())).folder,
  nats: () => goBuild(natsBuild),
  "nats-before": () => goBuild(natsBeforeBuild),
  exporter: () => goBuild(exporterBuild),
  vault: () => goBuild(vaultBuild),
  "kubernetes-provider": () => providerPlugin("pulumi-resource-kubernetes", kubernetesBuild),
  "vault-provider": () => providerPlugin("pulumi-resource-vault", vaultProviderBuild),
  "external-secrets": () => goBuild(externalSecretsBuild),
  kubernetes: () => goBuild(clusterBuild),
  etcd: () => goBuild(etcdBuild),
  coredns: () => goBuild(corednsBuild),
  "kube-router": () => goBuild(kubeRouterBuild),
  argocd: () => goBuild(argocdBuild),
  helmfile: () => goBuild(helmfileBuild),
};

/** The plugin of a provider, unless the user has one: on PATH, or with an official engine, which fetches its own. */
async function providerPlugin(program: string, build: GoBuild): Promise<string | undefined> {
  if (which(program) !== undefined) return undefined;
  const { isOfficial } = await (engine ??= findEngine());
  return isOfficial ? undefined : goBuild(build);
}

const found = new Map<ToolName, Promise<string | undefined>>();
let last: Promise<unknown> = Promise.resolve();

/**
 * Finds or builds these tools, one at a time over the whole process (each keeps all cores busy), and returns the folders that
 * have to come first on PATH. Asked again for the same tool, it answers at once.
 */
export async function ensure(names: readonly ToolName[]): Promise<string[]> {
  const folders = names.map((name) => {
    const known = found.get(name);
    if (known !== undefined) return known;
    const next = last.then(finders[name]);
    last = next.catch(() => undefined);
    found.set(name, next);
    return next;
  });
  return (await Promise.all(folders)).filter((folder) => folder !== undefined);
}

/** An environment with these folders first on PATH. */
export function withPath(folders: readonly string[], env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return { ...env, PATH: [...folders, env.PATH ?? ""].join(delimiter) };
}
