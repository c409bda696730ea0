import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { join } from "node:path";

const running = new Set<ChildProcess>();

/** How to start a child. */
export interface ChildOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly output: "inherit" | "pipe";
}

/** Starts Node with `args`, in such a way that it ends when this process does. */
export function startNode(args: readonly string[], options: ChildOptions): ChildProcess {
  return start(process.execPath, ["--require", join(import.meta.dirname, "end-with-parent.cjs"), ...args], options);
}

/** Starts a command that {@link stopChildren} knows. */
export function start(command: string, args: readonly string[], options: ChildOptions): ChildProcess {
  const stdio: StdioOptions = ["pipe", options.output, options.output];
  const child = spawn(command, args, { cwd: options.cwd, env: options.env, stdio });
  running.add(child);
  child.once("exit", () => running.delete(child));
  child.once("error", () => running.delete(child));
  return child;
}

/** Resolves to the exit code, or to 128 plus the signal's place for a child that was killed; rejects if it can't start. */
export function exitCode(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      resolve(code ?? (signal === "SIGKILL" ? 137 : 143));
    });
  });
}

/** Ends every child at once. */
export function stopChildren(): void {
  for (const child of running) child.kill("SIGKILL");
}
