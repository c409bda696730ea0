import { chmodSync, cpSync, existsSync, linkSync, readdirSync, readFileSync, realpathSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { cached, cacheKey, fileInputs } from "./cache.ts";
import { goBuild } from "./go.ts";
import { pulumiBuild } from "./go-builds.ts";
import { say } from "./progress.mjs";
import { PROJECT } from "./project.ts";
import { run, which } from "./run.ts";
import { vendorEngine } from "./vendor-engine.ts";
import { isAtLeast, parseVersion, type Version } from "./version.ts";

/** The oldest CLI that has run this project with the SDK that it uses. */
export const ENGINE_MINIMUM: Version = [3, 259, 0];

const LANGUAGE_HOST = join(import.meta.dirname, "language-host");
const LAUNCHERS = ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

/** A Pulumi CLI that will do. */
export interface Engine {
  /** Has to come first on PATH; undefined when the CLI that is on PATH already is the one. */
  readonly folder: string | undefined;
  /** It is the vendor's, which fetches the providers that a program needs by itself. */
  readonly isOfficial: boolean;
}

/** The user's CLI if it will do, else the vendor's where it can be had, else one that we build. */
export async function findEngine(): Promise<Engine> {
  const own = which("pulumi");
  if (own !== undefined) {
    const problem = await problemOf(own);
    if (problem === undefined) return { folder: undefined, isOfficial: true };
    say(`${own} can't be used (${problem}): using another`);
  }
  const vendor = await vendorEngine();
  if (vendor !== undefined) return { folder: vendor, isOfficial: true };
  return { folder: await builtEngine(), isOfficial: false };
}

async function problemOf(pulumi: string): Promise<string | undefined> {
  const { code, stdout, stderr } = await run(pulumi, ["version"], { cwd: PROJECT });
  if (code !== 0) return `\`pulumi version\` failed: ${stderr.trim()}`;
  return versionProblem(stdout) ?? (hasLanguageHost(pulumi) ? undefined : "it has no pulumi-language-nodejs beside it");
}

/** What is wrong with a CLI that prints this for `pulumi version`. */
export function versionProblem(printed: string): string | undefined {
  const version = parseVersion(printed);
  if (version !== undefined && isAtLeast(version, ENGINE_MINIMUM)) return undefined;
  return `version ${printed.trim()}; it takes ${ENGINE_MINIMUM.join(".")} or newer`;
}

function hasLanguageHost(pulumi: string): boolean {
  if (which("pulumi-language-nodejs") !== undefined) return true;
  const file = realpathSync(pulumi);
  // A script (the npm wrapper, a version manager's shim) hands over to a CLI that we can't see.
  const isScript = readFileSync(file).subarray(0, 2).toString() === "#!";
  return isScript || existsSync(join(dirname(file), "pulumi-language-nodejs"));
}

/**
 * The CLI from Go modules, with our launchers in the same folder: the engine takes plugins beside itself for its own, and
 * gives no warning about them.
 */
async function builtEngine(): Promise<string> {
  const cli = await goBuild(pulumiBuild);
  const key = cacheKey({ cli, node: process.execPath, ...fileInputs(LANGUAGE_HOST) });
  return cached("engine", key, (folder) => {
    // A link, not a symbolic one: the engine looks for its plugins where its file really is.
    linkSync(join(cli, "pulumi"), join(folder, "pulumi"));
    symlinkSync(process.execPath, join(folder, "node"));
    for (const launcher of LAUNCHERS) {
      cpSync(join(LANGUAGE_HOST, launcher), join(folder, launcher));
      chmodSync(join(folder, launcher), 0o755);
    }
    const others = readdirSync(LANGUAGE_HOST).filter((file) => !LAUNCHERS.includes(file));
    for (const file of others) cpSync(join(LANGUAGE_HOST, file), join(folder, "language-host", file));
    return Promise.resolve();
  });
}
