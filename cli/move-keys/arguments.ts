import { parseArgs } from "node:util";
import { Trouble } from "../../tools/project.ts";

/** What `move-keys` is asked for. */
export interface MoveArguments {
  readonly stack: string;
  /** Remove the copy in the store that the keys came from. */
  readonly removeOld: boolean;
}

const usage = "usage: npm run cli -- move-keys --stack STACK [--remove-old]";

/** Reads the arguments. The stack has to be named: a move is nothing to do to a default. @throws Trouble */
export function readArguments(args: readonly string[]): MoveArguments {
  const { stack, removeOld } = parsed(args);
  if (stack === undefined || stack === "")
    throw new Trouble(`found no --stack, but the stack has to be named\n${usage}`);
  return { stack, removeOld };
}

function parsed(args: readonly string[]): { stack: string | undefined; removeOld: boolean } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { stack: { type: "string", short: "s" }, "remove-old": { type: "boolean", default: false } },
    });
    return { stack: values.stack, removeOld: values["remove-old"] };
  } catch (error) {
    throw new Trouble(`${(error as Error).message}\n${usage}`);
  }
}
