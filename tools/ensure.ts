import { delimiter } from "node:path";
import { findEngine, type Engine } from "./engine.ts";
import { goBuild } from "./go.ts";
import { clusterBuild, corednsBuild, etcdBuild, kubernetesBuild, natsBuild } from "./go-builds.ts";
import { which } from "./run.ts";

/** What a command may need beyond Node and the project's packages. */
export type ToolName = "engine" | "nats" | "kubernetes-provider" | "kubernetes" | "etcd" | "coredns";

let engine: Promise<Engine> | undefined;

const finders: Record<ToolName, () => Promise<string | undefined>> = {
  engine: async () => (await (engine ??= findEngine())).folder,
  nats: () => goBuild(natsBuild),
  "kubernetes-provider": async () => {
    // One that is on PATH is the user's choice.
    const isThere = which("pulumi-resource-kubernetes") !== undefined || (await (engine ??= findEngine())).isOfficial;
    return isThere ? undefined : goBuild(kubernetesBuild);
  },
  kubernetes: () => goBuild(clusterBuild),
  etcd: () => goBuild(etcdBuild),
  coredns: () => goBuild(corednsBuild),
};

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
