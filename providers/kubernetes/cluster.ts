import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { mistake } from "../provider.ts";
import { withSharedConnections } from "./shared-connections.ts";

/** A cluster that a kubeconfig leads to. */
export interface ClusterAccess {
  /** Name of the kubeconfig context. */
  readonly context: string;
  /** What tells this cluster from others for ever, whatever its address, context or credentials become. */
  readonly clusterIdentifier: string;
  /** Path of the kubeconfig; by default the one that `kubectl` would take. */
  readonly kubeconfig?: string | undefined;
}

const opened = new Map<string, KubeConfig>();

/** The kubeconfig of a cluster, set to its context. It is read once for the whole process. @throws where there is no such context */
export function kubeConfigOf({ context, kubeconfig }: ClusterAccess): KubeConfig {
  const key = JSON.stringify([context, kubeconfig]);
  const known = opened.get(key);
  if (known !== undefined) return known;
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    // What the reader of YAML says shows the lines around a mistake, and there may be a token in them.
    const code = (error as NodeJS.ErrnoException).code ?? "it can't be read as a kubeconfig";
    throw mistake(`kubeconfig ${kubeconfig ?? "(the one that kubectl would take)"}: ${code}`);
  }
  const names = config.getContexts().map(({ name }) => name);
  if (!names.includes(context)) {
    const found = names.length === 0 ? "no contexts" : `the contexts ${names.join(", ")}`;
    throw mistake(
      `kubeconfig ${kubeconfig ?? "(the one that kubectl would take)"}: found ${found}, but not ${context}`,
    );
  }
  config.setCurrentContext(context);
  opened.set(key, withSharedConnections(config));
  return config;
}

/** The core API of a cluster. */
export function coreApiOf(cluster: ClusterAccess): CoreV1Api {
  return kubeConfigOf(cluster).makeApiClient(CoreV1Api);
}
