import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../../../tools/cluster/wait.ts";
import { applicationsOf, type Applications } from "./argocd/applications.ts";
import { argocdKubeconfig, installArgocd, mountConfig } from "./argocd/installation.ts";
import { parameterVariables } from "./argocd/parameters.ts";
import { partsOf, type Plugin } from "./argocd/parts.ts";
import { startProgram, type Program } from "./argocd/programs.ts";
import type { Place } from "./external-secrets.ts";

/** How an Argo CD is to be. */
export interface ArgocdOptions {
  /** Further entries of `argocd-cm`, such as health checks. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Entries of `argocd-cmd-params-cm`, such as `applicationsetcontroller.enable.progressive.syncs`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** What the repo server's one sidecar is, where it has one. */
  readonly plugin?: Plugin;
}

/** A running Argo CD: its controllers, the repo server and a plugin's server, as processes of this machine. */
export interface Argocd extends Applications {
  /** The last lines of each program's log. */
  logs(lines?: number): string;
  /** Gives its programs what its ConfigMaps of hosts' keys and certificates have now, as a kubelet does after a minute. */
  remount(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Installs Argo CD in a cluster, in namespace `argocd`, and starts its programs, signed in as administrator. Applications know that
 * cluster as `https://kubernetes.default.svc`. Resolves when every program is ready.
 */
export async function startArgocd(plane: Place, options: ArgocdOptions = {}): Promise<Argocd> {
  const { settings = {}, parameters = {}, plugin } = options;
  await installArgocd(plane, settings);
  // Short: the path of a socket has at most 107 bytes.
  const folder = mkdtempSync(join(tmpdir(), "argocd-"));
  const programs: Program[] = [];
  const stop = async () => {
    await Promise.all(programs.map((program) => program.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
  const explain = (lines = 15) => programs.map((program) => program.logs(lines)).join("\n");
  const isHopeless = () => {
    const ended = programs.find((program) => program.hasEnded());
    return ended === undefined ? undefined : `${ended.name} has ended\n${ended.logs(15)}`;
  };
  try {
    const remount = () => mountConfig(plane, folder);
    await remount();
    const kubeconfig = argocdKubeconfig(plane, folder);
    const parts = await partsOf({ folder, kubeconfig, variables: parameterVariables(parameters), plugin });
    for (const part of parts) programs.push(startProgram(part));
    for (const part of parts)
      await until(`${part.name} is ready`, () => part.isReady(), { seconds: 120, explain, isHopeless });
    return { ...applicationsOf(plane, { explain, isHopeless }), logs: explain, remount, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
