import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Trouble } from "../../tools/project.ts";
import { loopback, type LocalServer } from "./mapping.ts";

/** A nats-server that runs here. */
export interface RunningServer extends LocalServer {
  readonly pid: number;
  /** `nats://` or, with TLS, `tls://` address for clients. */
  readonly url: string;
  /** `mqtt://` or, with TLS, `mqtts://` address; undefined where it takes no MQTT clients. */
  readonly mqttUrl: string | undefined;
  /** `http://` address of the monitoring port. */
  readonly monitorUrl: string;
  readonly logFile: string;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
  hasEnded(): boolean;
  kill(signal: NodeJS.Signals): void;
}

/** Writes a server's configuration and starts it. Its files are its owner's alone: they hold passwords. */
export async function startServer(executable: string, plan: LocalServer): Promise<RunningServer> {
  const { schemes } = plan;
  const { folder, ports } = plan.place;
  for (const path of [folder, ...plan.folders]) mkdirSync(path, { recursive: true, mode: 0o700 });
  for (const [path, text] of Object.entries(plan.files)) writePrivate(path, text);
  const logFile = join(folder, `${plan.name}.log`);
  writePrivate(logFile, "");
  const log = openSync(logFile, "a");
  // A session of its own: Ctrl-C in the terminal is for us to answer, and we stop the servers.
  const child = spawn(executable, [...plan.args], {
    cwd: folder,
    env: { ...plan.environment },
    stdio: ["ignore", log, log],
    detached: true,
  });
  closeSync(log);
  let isOver = false;
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => {
      isOver = true;
      resolve();
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error) => {
      reject(new Trouble(`${executable} can't be run: ${error.message}`));
    });
  });
  return {
    ...plan,
    pid: child.pid ?? 0,
    url: `${schemes.client}://${loopback}:${String(ports.client)}`,
    mqttUrl: schemes.mqtt && `${schemes.mqtt}://${loopback}:${String(ports.mqtt)}`,
    monitorUrl: `http://${loopback}:${String(ports.monitor)}`,
    logFile,
    ended,
    hasEnded: () => isOver,
    kill: (signal) => {
      child.kill(signal);
    },
  };
}

/** The last lines that a server logged, indented. */
export function logTail({ logFile }: Pick<RunningServer, "logFile">, lines = 15): string {
  const all = readFileSync(logFile, "utf8").trimEnd().split("\n");
  return all
    .slice(-lines)
    .map((line) => `  ${line}`)
    .join("\n");
}

/** Writes a file that only its owner can read, whatever its mode was. */
export function writePrivate(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  rmSync(path, { force: true });
  writeFileSync(path, text, { mode: 0o600 });
}
