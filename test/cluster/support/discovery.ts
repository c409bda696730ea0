import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ControllerSettings } from "../../../components/discovery/settings.ts";
import { until } from "../../../tools/cluster/wait.ts";
import { PROJECT } from "../../../tools/project.ts";
import type { ServerTrust } from "../../support/jwt-server.ts";
import { manifestsOf, runProgram } from "../../support/program.ts";
import type { ControlPlane } from "./control-plane.ts";

/** What the whole program renders for a region with discovery. */
export interface RenderedDiscovery {
  readonly objects: readonly Rendered[];
  readonly settings: ControllerSettings;
  /** Content of the Secret with the controller's keys. */
  readonly keys: string;
  /** What the region's servers know. */
  readonly trust: ServerTrust;
}

interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
}

/** Runs the program on this configuration, with new keys, and takes what it makes for the one region of it. */
export async function renderDiscovery(platform: object): Promise<RenderedDiscovery> {
  const registrations = await runProgram({ stack: "ring", platform });
  const objects = manifestsOf(registrations).map(({ manifest }) => manifest as unknown as Rendered);
  const named = (name: string) => objects.find(({ metadata }) => metadata.name === name);
  const conf = named("nats-config")?.stringData?.["nats.conf"] ?? "";
  const accounts = named("nats-accounts")?.data?.["accounts.conf"] ?? "";
  return {
    objects,
    settings: JSON.parse(named("nats-discovery-settings")?.data?.["settings.json"] ?? "") as ControllerSettings,
    keys: named("nats-discovery-keys")?.stringData?.["keys.json"] ?? "",
    trust: {
      operatorJwt: /eyJ[\w.-]+/.exec(conf)?.[0] ?? "",
      systemAccount: /system_account:? *"?(A[A-Z2-7]{55})/.exec(conf)?.[1] ?? "",
      accounts: Object.fromEntries(
        [...accounts.matchAll(/(A[A-Z2-7]{55})"?:? *"?(eyJ[\w.-]+)/g)].map(([, key = "", jwt = ""]) => [key, jwt]),
      ),
    },
  };
}

/** The objects of the controller among them: what it may do, and where it keeps its records. */
export function controllerObjects({ objects }: RenderedDiscovery): readonly Rendered[] {
  return objects.filter(({ kind, metadata }) => kind === "Namespace" || metadata.name.startsWith("nats-discovery"));
}

/** The controller, a process on this machine that is signed in as its own service account. */
export interface RunningController {
  readonly process: ChildProcess;
  readonly url: string;
  /** All that it has written. */
  readonly log: () => string;
  /** Asks it to end, and gives its exit code. */
  stop(): Promise<number | null>;
  kill(): Promise<void>;
}

/** Starts `cli/main.ts discover` with settings of which a test may change some; resolves when it is ready, unless it needs not be. */
export async function startController(
  plane: ControlPlane,
  { settings, keys }: RenderedDiscovery,
  change: Partial<ControllerSettings> = {},
  { waits = true }: { waits?: boolean } = {},
): Promise<RunningController> {
  const folder = mkdtempSync(join(plane.folder, "discovery-"));
  const write = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  const token = (await plane.kubectl("create", "token", "nats-discovery", "-n", settings.home)).trim();
  const kubeconfig = write("kubeconfig", JSON.stringify(kubeconfigOf(plane, token)));
  const args = ["--settings", write("settings.json", JSON.stringify({ ...settings, ...change }))];
  args.push("--keys", write("keys.json", keys), "--port", "0", "--context", "controller", "--kubeconfig", kubeconfig);

  const logFile = join(folder, "log");
  const log = openSync(logFile, "a");
  const main = join(PROJECT, "cli", "main.ts");
  const child = spawn("setpriv", ["--pdeathsig", "KILL", process.execPath, main, "discover", ...args], {
    stdio: ["ignore", log, log],
    // As in its pod (components/discovery/deployment.ts).
    env: { ...process.env, NODE_OPTIONS: "--max-old-space-size=256" },
  });
  closeSync(log);
  const text = () => readFileSync(logFile, "utf8");
  const hasEnded = () => (child.exitCode ?? child.signalCode) !== null;
  const end = async (signal: NodeJS.Signals) => {
    if (hasEnded()) return child.exitCode;
    const exit = once(child, "exit");
    child.kill(signal);
    await exit;
    return child.exitCode;
  };
  const isHopeless = () => (hasEnded() ? text() : undefined);
  const port = await until("the controller says on which port it is", () => /"port":(\d+)/.exec(text())?.[1], {
    seconds: 120,
    isHopeless,
    explain: text,
  });
  const url = `http://127.0.0.1:${port}`;
  if (waits) {
    const isReady = async () => (await fetch(`${url}/readyz`)).ok;
    await until("the controller is ready", isReady, { seconds: 120, isHopeless, explain: text });
  }
  return {
    process: child,
    url,
    log: text,
    stop: () => end("SIGTERM"),
    async kill() {
      await end("SIGKILL");
    },
  };
}

function kubeconfigOf({ server, authority }: ControlPlane, token: string): object {
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "controller",
    clusters: [{ name: "ring", cluster: { server, "certificate-authority": authority.certificate } }],
    users: [{ name: "controller", user: { token } }],
    contexts: [{ name: "controller", context: { cluster: "ring", user: "controller" } }],
  };
}
