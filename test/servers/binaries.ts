import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * The path of a program that a test needs: from the folder that NATS_PLATFORM_BIN names, or from PATH.
 * A test whose program is missing fails; it is never skipped.
 */
export function binary(name: string): string {
  const { NATS_PLATFORM_BIN = "", PATH = "" } = process.env;
  const found = [NATS_PLATFORM_BIN, ...PATH.split(delimiter)]
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isExecutable);
  if (found === undefined)
    throw new Error(
      `${name}: found neither in the folder NATS_PLATFORM_BIN nor on PATH; "npm test" builds and finds it`,
    );
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
