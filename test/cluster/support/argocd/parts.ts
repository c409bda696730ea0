import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { choosePorts } from "../../../../cli/local/ports.ts";
import { programOfRing } from "../control-plane.ts";
import { listens } from "../listens.ts";
import type { ProgramArgs } from "./programs.ts";

/** A config management plugin, which is a sidecar of the repo server. */
export interface Plugin {
  /** What is in its plugin.yaml. */
  readonly config: PluginConfig;
  /** What its container has in its environment. What is below /tmp there is below a folder of its own here. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What the ring looks at in a ConfigManagementPlugin. */
export interface PluginConfig {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly version?: string };
}

/** What the programs share. */
export interface Installation {
  /** For their files. Its path is short: sockets are in it. */
  readonly folder: string;
  readonly kubeconfig: string;
  /** Variables that the installation's parameters mean. */
  readonly variables: Readonly<Record<string, string>>;
  readonly plugin: Plugin | undefined;
}

/** A program of Argo CD, and how to see that it is ready. */
export interface Part extends ProgramArgs {
  isReady(): boolean | Promise<boolean>;
}

/** The programs of an installation, on ports that are free now, in the order in which they start. */
export async function partsOf(installation: Installation): Promise<Part[]> {
  const { folder, plugin } = installation;
  const [first, second] = await choosePorts(2, "free");
  if (first === undefined || second === undefined) throw new Error("the system has no free port left");
  const { client: redis, cluster: repoServer, monitor: repoHealth, mqtt: controllerHealth } = first;
  const { client: setProbe, cluster: setHook } = second;
  const env = environment(installation);
  const argocd = (name: string, flags: Readonly<Record<string, string | number>>): ProgramArgs => ({
    name,
    folder,
    file: programOfRing("argocd"),
    args: Object.entries(flags).map(([flag, value]) => `--${flag}=${String(value)}`),
    env: { ...env, ARGOCD_BINARY_NAME: name },
  });
  const here = (port: number) => `127.0.0.1:${String(port)}`;

  return [
    {
      name: "redis",
      folder,
      file: programOfRing("redis-server"),
      args: ["--bind", "127.0.0.1", "--port", String(redis), "--save", "", "--appendonly", "no"],
      env,
      isReady: () => listens(redis),
    },
    ...(plugin === undefined ? [] : [pluginServer(plugin, installation, argocd)]),
    {
      ...argocd("argocd-repo-server", {
        address: "127.0.0.1",
        port: repoServer,
        "metrics-address": "127.0.0.1",
        "metrics-port": repoHealth,
        redis: here(redis),
      }),
      isReady: answers(repoHealth, "healthz?full=true"),
    },
    {
      ...argocd("argocd-application-controller", {
        "repo-server": here(repoServer),
        "metrics-port": controllerHealth,
        redis: here(redis),
      }),
      isReady: answers(controllerHealth, "healthz"),
    },
    {
      ...argocd("argocd-applicationset-controller", {
        "argocd-repo-server": here(repoServer),
        "metrics-addr": 0,
        "probe-addr": here(setProbe),
        "webhook-addr": here(setHook),
      }),
      // Its probes tell nothing: it has registered none. They are there as soon as it works.
      isReady: () => listens(setProbe),
    },
  ];
}

/** Nothing of this machine's user: not the home, not the settings of git or helm. */
function environment({ folder, kubeconfig, variables }: Installation): Record<string, string> {
  const own = (name: string) => {
    const path = join(folder, name);
    mkdirSync(path, { recursive: true });
    return path;
  };
  return {
    PATH: process.env.PATH ?? "",
    HOME: own("home"),
    TMPDIR: own("tmp"),
    KUBECONFIG: kubeconfig,
    // The controller takes its shard from the number at the end, as in its StatefulSet.
    HOSTNAME: "argocd-application-controller-0",
    // As if in a pod: then the cluster of the kubeconfig is https://kubernetes.default.svc.
    ARGOCD_FAKE_IN_CLUSTER: "true",
    ARGOCD_GPG_ENABLED: "false",
    ARGOCD_GNUPGHOME: own("gpg"),
    ARGOCD_GPG_DATA_PATH: own("gpg-keys"),
    ARGOCD_SSH_DATA_PATH: own("ssh"),
    ARGOCD_TLS_DATA_PATH: own("tls"),
    ARGOCD_PLUGINSOCKFILEPATH: own("plugins"),
    ARGOCD_ASK_PASS_SOCK: join(folder, "ask-pass.sock"),
    // Between two looks at a repository that nobody asks for: minutes otherwise.
    ARGOCD_RECONCILIATION_TIMEOUT: "20s",
    ARGOCD_RECONCILIATION_JITTER: "0s",
    ...variables,
  };
}

/** The server of a plugin, which shares with the repo server nothing but the folder of its socket. */
function pluginServer(
  { config, env = {} }: Plugin,
  { folder }: Installation,
  argocd: (name: string, flags: Readonly<Record<string, string>>) => ProgramArgs,
): Part {
  const home = join(folder, "plugin");
  const temporary = join(home, "tmp");
  mkdirSync(temporary, { recursive: true });
  writeFileSync(join(home, "plugin.yaml"), stringify(config));
  const part = argocd("argocd-cmp-server", { "config-dir-path": home });
  const { name } = config.metadata;
  const { version } = config.spec;
  const socket = join(folder, "plugins", `${version === undefined ? name : `${name}-${version}`}.sock`);
  const own = Object.entries(env).map(([variable, value]) => [variable, value.replace(/^\/tmp(?=\/)/, temporary)]);
  return {
    ...part,
    env: { ...part.env, TMPDIR: temporary, ...(Object.fromEntries(own) as Record<string, string>) },
    isReady: () => existsSync(socket),
  };
}

function answers(port: number, path: string): () => Promise<boolean> {
  return async () => (await fetch(`http://127.0.0.1:${String(port)}/${path}`)).ok;
}
