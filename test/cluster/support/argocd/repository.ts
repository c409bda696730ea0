import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Files } from "../git.ts";

const FOLDER = join(import.meta.dirname, "repository");

/** A repository as the fleet's owners have it: two charts below `helm`, and a helmfile of many releases below `argocd`. */
export function fleetRepository(): Files {
  return Object.fromEntries(
    readdirSync(FOLDER, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((file) => [relative(FOLDER, file), readFileSync(file, "utf8")]),
  );
}
