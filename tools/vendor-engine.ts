import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cached, cacheFolder, cacheKey } from "./cache.ts";
import { PULUMI_VERSION } from "./go-builds.ts";
import { say, step } from "./progress.mjs";
import { run } from "./run.ts";

/** Where the npm package `pulumi` gets its installer from on first use. */
const INSTALLER = "https://get.pulumi.com/install.sh";
const PROBE_MS = 3000;
const INSTALL_MS = 10 * 60_000;

/**
 * Folder of the vendor's CLI, installed by the npm package `pulumi` into our cache; undefined where the vendor's site is out
 * of reach or the installation fails. Without a network that is known within three seconds.
 */
export async function vendorEngine(): Promise<string | undefined> {
  const key = cacheKey({ version: PULUMI_VERSION, platform: `${process.platform}-${process.arch}` });
  const isThere = existsSync(join(cacheFolder(), `pulumi-vendor-${key}`));
  if (!isThere && !(await canDownload())) return undefined;
  try {
    const folder = await cached("pulumi-vendor", key, (target) =>
      step(`installing the Pulumi CLI ${PULUMI_VERSION}`, () => install(target)),
    );
    return join(folder, "versions", PULUMI_VERSION, "bin");
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

async function canDownload(): Promise<boolean> {
  try {
    const answer = await fetch(INSTALLER, { method: "HEAD", signal: AbortSignal.timeout(PROBE_MS) });
    return answer.ok;
  } catch {
    return false;
  }
}

async function install(folder: string): Promise<void> {
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  // The wrapper installs under PULUMI_HOME: ours, so that a half-finished download is nobody's.
  const env = { ...process.env, PULUMI_HOME: folder, PULUMI_VERSION };
  const wrapper = `pulumi@${PULUMI_VERSION}`;
  for (const [command, ...args] of [
    ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", wrapper],
    [join(folder, "node_modules", ".bin", "pulumi"), "version"],
  ] as const) {
    const { code, stderr } = await run(command, args, { cwd: folder, env, timeoutMs: INSTALL_MS });
    if (code !== 0) throw new Error(`${wrapper} could not be installed: ${stderr.trim().split("\n").at(-1) ?? ""}`);
  }
}
