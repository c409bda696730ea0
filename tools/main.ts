import { join } from "node:path";
import { bench } from "./bench.ts";
import { PROJECT, Trouble } from "./project.ts";
import { runInTerminal } from "./run.ts";
import { anyPulumi, preview, up } from "./stack-commands.ts";
import { test } from "./test.ts";

type Command = (args: readonly string[]) => Promise<number>;

const commands: Record<string, Command> = {
  up,
  preview,
  pulumi: anyPulumi,
  local: (args) => runInTerminal(process.execPath, [join(PROJECT, "cli", "local.ts"), ...args], { cwd: PROJECT }),
  cli: (args) => runInTerminal(process.execPath, [join(PROJECT, "cli", "main.ts"), ...args], { cwd: PROJECT }),
  test,
  bench,
};

/** Does what the first argument names with the others and resolves to the exit code. Called by bootstrap.mjs. */
export async function main([name = "", ...args]: readonly string[]): Promise<number> {
  const command = commands[name];
  if (command === undefined) {
    console.error(`found ${JSON.stringify(name)}, but the commands are ${Object.keys(commands).join(", ")}`);
    return 2;
  }
  try {
    return await command(args);
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    console.error(error.message);
    return 1;
  }
}
