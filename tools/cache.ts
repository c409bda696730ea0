import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { whileLocked } from "./lock.ts";
import { isAlive } from "./process.ts";

/** Where built tools are kept: outside the project, shared by its clones. Safe to delete at any time. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env.XDG_CACHE_HOME;
  return join(base === undefined || base === "" ? join(homedir(), ".cache") : base, "nats-platform");
}

/** Everything that a build depends on, by name. */
export type Inputs = Readonly<Record<string, string | readonly string[]>>;

/** A short name for these inputs: another as soon as one of them differs, whatever their order. */
export function cacheKey(inputs: Inputs): string {
  const sorted = Object.entries(inputs).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex").slice(0, 16);
}

/** The files of a folder (not of folders in it) as inputs. */
export function fileInputs(folder: string): Inputs {
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ name }) => [
      `file ${name}`,
      createHash("sha256")
        .update(readFileSync(join(folder, name)))
        .digest("hex"),
    ]),
  );
}

/**
 * The cached folder `<name>-<key>`, made by `make` if it is not there. It is filled beside its place and renamed, so it is
 * there whole or not at all; of two processes that want it, one waits.
 */
export async function cached(name: string, key: string, make: (folder: string) => Promise<void>): Promise<string> {
  const cache = cacheFolder();
  const folder = join(cache, `${name}-${key}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  await whileLocked(join(cache, "build.lock"), async () => {
    if (existsSync(folder)) return;
    removeAbandoned(cache);
    const building = `${folder}.building-${process.pid}`;
    mkdirSync(building);
    try {
      await make(building);
      renameSync(building, folder);
    } finally {
      rmSync(building, { recursive: true, force: true });
    }
  });
  return folder;
}

function removeAbandoned(cache: string): void {
  for (const entry of readdirSync(cache)) {
    const pid = /\.building-(\d+)$/.exec(entry)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(cache, entry), { recursive: true, force: true });
  }
}
