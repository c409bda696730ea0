import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { header } from "./yaml.ts";

/** A file's content, or undefined where there is none. */
export function readManifestFile(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** Whether a file's content is something that we wrote, edited or not. */
export function writtenByUs(content: string): boolean {
  return content.startsWith(header);
}

/**
 * Writes a file whole or not at all, readable by its owner alone where it is sensitive. A folder of sensitive files
 * gets a .gitignore that keeps it out of Git.
 *
 * Throws, and writes nothing, where somebody else's file is in the way.
 */
export function writeManifestFile(path: string, content: string, { sensitive }: { sensitive: boolean }): void {
  const found = readManifestFile(path);
  if (found !== undefined && !writtenByUs(found))
    throw new Error(`${path}: nats-platform did not write this file and leaves it alone`);
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: sensitive ? 0o700 : 0o777 });
  if (sensitive) keepOutOfGit(folder);
  const draft = join(folder, `.${String(process.pid)}-${path.slice(folder.length + 1)}.draft`);
  writeFileSync(draft, content, { mode: sensitive ? 0o600 : 0o666 });
  renameSync(draft, path);
}

/** Removes a file of ours, and its folder when nothing is left in it. Somebody else's file stays. */
export function removeManifestFile(path: string): void {
  const found = readManifestFile(path);
  if (found === undefined || !writtenByUs(found)) return;
  rmSync(path);
  const folder = dirname(path);
  const left = readdirSync(folder);
  if (left.length === 1 && left[0] === ".gitignore" && readFileSync(join(folder, ".gitignore"), "utf8") === ignoreAll) {
    rmSync(join(folder, ".gitignore"));
  }
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

const ignoreAll = "# Rendered Secrets are plain text.\n*\n";

function keepOutOfGit(folder: string): void {
  const path = join(folder, ".gitignore");
  if (!existsSync(path)) writeFileSync(path, ignoreAll);
}
