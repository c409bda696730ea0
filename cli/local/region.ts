import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Trouble } from "../../tools/project.ts";
import { credentialsIn, type Credential } from "./credentials.ts";
import { metaLeader, routesOf, statusOf, until } from "./health.ts";
import { startKeeper, type Keeper } from "./keeper.ts";
import { readRendered, type Rendered } from "./manifests.ts";
import { mapServer } from "./mapping.ts";
import { certificateOf, podsOf, type Pods } from "./pods.ts";
import { choosePorts } from "./ports.ts";
import { endLeftovers, forgetRunning, recordRunning } from "./running.ts";
import { logTail, startServer, type RunningServer } from "./server.ts";

/** How to start a region. */
export interface StartSettings {
  readonly rendered: Rendered;
  /** Where the servers' configuration and data go. Absolute. Data that are there are used again. */
  readonly folder: string;
  /** `friendly`: 4222 and so on where they are free. */
  readonly ports: "friendly" | "free";
  /** The nats-server to run. */
  readonly executable: string;
  /** How long the region may take to become healthy. */
  readonly patienceMs?: number;
  /** Gives up the start: it throws the signal's reason when nothing runs any more. */
  readonly signal?: AbortSignal;
}

/** A region whose servers run here. */
export interface LocalRegion {
  readonly pods: Pods;
  readonly servers: readonly RunningServer[];
  /** Client addresses of all servers. */
  readonly urls: readonly string[];
  /** File with what the certificate for clients was signed with; undefined without TLS, and where its Secret does not tell. */
  readonly caFile: string | undefined;
  readonly credentials: readonly Credential[];
  /** Stops all servers and resolves when their processes have ended. */
  stop(): Promise<void>;
  /** Ends all servers at once. */
  kill(): void;
}

const patienceMs = 60_000;
const stopMs = 15_000;
const attempts = 3;

/**
 * Starts the servers of a rendered region on this machine, and resolves when they are healthy: each answers its readiness
 * probe, and where there are several each is linked to all others and sees a leader of JetStream's meta group.
 *
 * @throws Trouble with the end of the failing server's log; nothing runs then
 */
export async function startRegion(settings: StartSettings): Promise<LocalRegion> {
  const manifests = readRendered(settings.rendered);
  const pods = podsOf(manifests);
  await endLeftovers(settings.folder);
  for (let attempt = 1; ; attempt++) {
    const ports = await choosePorts(pods.replicas, attempt === 1 ? settings.ports : "free");
    const places = ports.map((its, ordinal) => ({
      ports: its,
      folder: join(settings.folder, `${pods.name}-${String(ordinal)}`),
    }));
    const plans = places.map((_, ordinal) => mapServer(pods, ordinal, places));
    const servers: RunningServer[] = [];
    const keeper = startKeeper();
    const region = regionOf(servers, keeper, settings.folder);
    try {
      for (const plan of plans) {
        settings.signal?.throwIfAborted();
        const server = await startServer(settings.executable, plan);
        servers.push(server);
        keeper.watch(server.pid);
        recordRunning(
          settings.folder,
          servers.map(({ pid }) => pid),
        );
      }
      await becomeHealthy(servers, pods, settings);
      const urls = servers.map(({ url }) => url);
      return { pods, servers, urls, caFile: caFileOf(pods, servers), credentials: credentialsIn(manifests), ...region };
    } catch (error) {
      await region.stop();
      // Somebody took a port between our look and the server's start.
      if (attempt === attempts || !servers.some(lostItsPort)) throw error;
    }
  }
}

/** Some issuers leave it out, or empty. */
function caFileOf(pods: Pods, [first]: readonly RunningServer[]): string | undefined {
  const certificate = certificateOf(pods, "client");
  if (first === undefined || (certificate?.files?.["ca.crt"] ?? "") === "") return undefined;
  return join(first.place.folder, certificate?.path ?? "", "ca.crt");
}

function regionOf(
  servers: readonly RunningServer[],
  keeper: Keeper,
  folder: string,
): Pick<LocalRegion, "stop" | "kill"> {
  const kill = (signal: NodeJS.Signals) => {
    for (const server of servers) if (!server.hasEnded()) server.kill(signal);
  };
  return {
    kill: () => {
      kill("SIGKILL");
    },
    stop: async () => {
      kill("SIGTERM");
      const impatience = setTimeout(() => {
        kill("SIGKILL");
      }, stopMs);
      await Promise.all(servers.map(({ ended }) => ended));
      clearTimeout(impatience);
      await keeper.dismiss();
      forgetRunning(folder);
    },
  };
}

async function becomeHealthy(servers: readonly RunningServer[], pods: Pods, settings: StartSettings): Promise<void> {
  const deadline = Date.now() + (settings.patienceMs ?? patienceMs);
  const isHopeless = () => settings.signal?.aborted === true || servers.some((server) => server.hasEnded());
  /** Names the first server that the condition doesn't hold for in time. */
  const need = async (what: string, holds: (server: RunningServer) => Promise<boolean>) => {
    for (const server of servers) {
      const hasCome = await until(deadline, async () => isHopeless() || (await holds(server)));
      settings.signal?.throwIfAborted();
      const gone = servers.find((server) => server.hasEnded());
      if (gone !== undefined) throw failure(gone, "ended");
      if (!hasCome) throw failure(server, what);
    }
  };
  await need("did not become ready", async (server) => (await statusOf(server, pods.probes.readiness)) === 200);
  if (servers.length === 1) return;
  // A majority has a leader before the last route is there, and a stream with replicas may find no place until then.
  const others = servers.length - 1;
  await need("has no route to every other server", async (server) => (await routesOf(server))?.length === others);
  await need("sees no leader of JetStream's meta group", async (server) => (await metaLeader(server)) !== undefined);
}

function failure(server: RunningServer, what: string): Trouble {
  return new Trouble(`${server.name} ${what}. The end of ${server.logFile}:\n${logTail(server)}`);
}

function lostItsPort({ logFile }: RunningServer): boolean {
  return readFileSync(logFile, "utf8").includes("address already in use");
}
