import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ProjectCopy } from "./project-copy.ts";

/** Every file of a copy below a folder (by default what is rendered): contents by path, relative to the copy. */
export function filesOf({ folder }: ProjectCopy, below = "deploy"): Record<string, string> {
  const top = join(folder, below);
  if (!existsSync(top)) return {};
  const entries = readdirSync(top, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), "utf8")]));
}

/** Paths whose content differs, or which only one side has. */
export function differences(before: Record<string, string>, after: Record<string, string>): string[] {
  const paths = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...paths].filter((path) => before[path] !== after[path]).sort();
}
