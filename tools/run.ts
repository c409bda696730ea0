import { spawn, type SpawnOptions } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { constants as system, setPriority } from "node:os";
import { delimiter, join } from "node:path";

const BACKGROUND = system.priority.PRIORITY_BELOW_NORMAL;

/** What a finished command left. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run a command. */
export interface RunOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Sees each line of stderr as it comes. */
  readonly onError?: (line: string) => void;
  readonly timeoutMs?: number;
  /** Leave the cores to others who want them. */
  readonly isBackground?: boolean;
}

/** Runs a command to its end and keeps what it prints. A command that can't be started has code 127. */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<Finished> {
  const settings: SpawnOptions = { cwd: options.cwd, stdio: ["ignore", "pipe", "pipe"] };
  if (options.env !== undefined) settings.env = options.env;
  if (options.timeoutMs !== undefined) settings.timeout = options.timeoutMs;
  return new Promise((resolve) => {
    const child = spawn(command, args, settings);
    const stopPassing = passSignals(child);
    if (options.isBackground === true && child.pid !== undefined) setPriority(child.pid, BACKGROUND);
    let stdout = "";
    let stderr = "";
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      stderr += chunk;
      for (const line of chunk.split("\n")) if (line.trim() !== "") options.onError?.(line.trim());
    });
    child.on("error", (error) => {
      stopPassing();
      resolve({ code: 127, stdout, stderr: error.message });
    });
    child.on("close", (code) => {
      stopPassing();
      resolve({ code: code ?? 1, stdout, stderr });
    });
  });
}

/** Runs a command in this terminal and resolves to its exit code. Ctrl-C is for the command to answer; we wait for it. */
export function runInTerminal(command: string, args: readonly string[], options: RunOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: options.cwd, env: options.env, stdio: "inherit" });
    const stopPassing = passSignals(child);
    child.on("error", reject);
    child.on("exit", (code) => {
      stopPassing();
      resolve(code ?? 1);
    });
  });
}

/** Whoever is asked to end while a child runs asks the child to, and ends after it. Returns what undoes this. */
function passSignals(child: { kill(signal: NodeJS.Signals): boolean }): () => void {
  // The terminal sends Ctrl-C to the child as well: passing it on would count as a second, impatient one.
  const wait = () => undefined;
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  process.on("SIGINT", wait);
  process.on("SIGTERM", pass);
  process.on("SIGHUP", pass);
  return () => {
    process.off("SIGINT", wait);
    process.off("SIGTERM", pass);
    process.off("SIGHUP", pass);
  };
}

/** The file that `name` means on this PATH. */
export function which(name: string, path = process.env.PATH ?? ""): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
