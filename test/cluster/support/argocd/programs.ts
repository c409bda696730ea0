import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** How to start one of the programs that an Argo CD consists of. */
export interface ProgramArgs {
  /** Names its log. */
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** It starts there, and its log is there. */
  readonly folder: string;
}

/** A program that runs until it is stopped. It ends with this process, and what it has started ends with it. */
export interface Program {
  readonly name: string;
  hasEnded(): boolean;
  /** The last lines of what it has written. */
  logs(lines: number): string;
  stop(): Promise<void>;
}

/** Starts a program as the first process of a namespace of its own: none that it starts outlives it. */
export function startProgram({ name, file, args, env, folder }: ProgramArgs): Program {
  const logFile = join(folder, `${name}.log`);
  const log = openSync(logFile, "a");
  const alone = ["--pdeathsig", "KILL", "unshare", "--pid", "--fork", "--kill-child=KILL"];
  const child = spawn("setpriv", [...alone, file, ...args], { cwd: folder, stdio: ["ignore", log, log], env });
  closeSync(log);
  const hasEnded = () => (child.exitCode ?? child.signalCode) !== null;
  return {
    name,
    hasEnded,
    logs: (lines) => `--- ${name}\n${readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-lines).join("\n")}`,
    async stop() {
      if (hasEnded()) return;
      const exit = once(child, "exit");
      // With the first process of a namespace the kernel ends the others. unshare collects it, and then ends too.
      const inside = firstInside(child.pid);
      if (inside === undefined) child.kill("SIGKILL");
      else process.kill(inside, "SIGKILL");
      await exit;
    },
  };
}

function firstInside(outside: number | undefined): number | undefined {
  const id = String(outside);
  const children = readFileSync(`/proc/${id}/task/${id}/children`, "utf8").trim();
  return children === "" ? undefined : Number(children);
}
