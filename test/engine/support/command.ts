import { spawn } from "node:child_process";

/** How a command ended. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they came. */
  readonly output: string;
}

/** A command that runs in a process group of its own. */
export interface Running {
  readonly pid: number;
  readonly ended: Promise<Finished>;
}

/** How to run a command. */
export interface CommandOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** What it reads from stdin; nothing without it. */
  readonly input?: string;
  /** Sees each whole line of output as it comes. */
  readonly onLine?: (line: string) => void;
}

/** Starts a command. A signal that ends it counts as code 128 and more. */
export function start(command: string, args: readonly string[], options: CommandOptions): Running {
  const child = spawn(command, args, { cwd: options.cwd, env: options.env, detached: true, stdio: "pipe" });
  let stdout = "";
  let stderr = "";
  let output = "";
  let line = "";
  const see = (chunk: string) => {
    output += chunk;
    const lines = (line + chunk).split("\n");
    line = lines.pop() ?? "";
    for (const whole of lines) options.onLine?.(whole);
  };
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    see(chunk);
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
    see(chunk);
  });
  // A command that ends without having read its input is no fault of ours.
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input ?? "");
  const ended = new Promise<Finished>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      resolve({ code: code ?? (signal === "SIGKILL" ? 137 : 143), stdout, stderr, output });
    });
  });
  return { pid: child.pid ?? 0, ended };
}

/** Runs a command to its end. */
export function execute(command: string, args: readonly string[], options: CommandOptions): Promise<Finished> {
  return start(command, args, options).ended;
}
