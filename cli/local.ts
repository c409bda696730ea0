// `npm run local [-- REGION] [--stack STACK] [--fresh]`: runs the servers of a rendered region on this machine, until Ctrl-C.
// The project is the current folder, as for pulumi.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Trouble } from "../tools/project.ts";
import { writeContexts } from "./local/contexts.ts";
import { readRendered } from "./local/manifests.ts";
import { podsOf } from "./local/pods.ts";
import { checkVersion, findPrograms } from "./local/programs.ts";
import { startRegion, type LocalRegion } from "./local/region.ts";
import { report } from "./local/report.ts";
import { endLeftovers } from "./local/running.ts";
import { chooseRegion, readPlatform } from "./local/stack.ts";
import { findTrial } from "./local/trial.ts";

const project = process.cwd();
const stopping = new AbortController();
let region: LocalRegion | undefined;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    if (!stopping.signal.aborted) stopping.abort();
    // The second time is in earnest. What only starts is ended by its keeper.
    else if (region === undefined) process.exit(1);
    else region.kill();
  });
}

try {
  await runLocally(process.argv.slice(2));
} catch (error) {
  if (!stopping.signal.aborted) {
    if (!(error instanceof Trouble)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

async function runLocally(args: readonly string[]): Promise<void> {
  const asked = readArguments(args);
  const platform = readPlatform(project, asked.stack);
  const { name, rendered } = chooseRegion(platform, project, asked.region);
  const folder = join(project, ".nats-platform", "local", name);
  // What is missing or wrong is said before anything is built or ended.
  const { image } = podsOf(readRendered(rendered));
  const programs = await findPrograms();
  const { version, warning } = await checkVersion(programs.server, image);
  if (warning !== undefined) console.error(warning);

  const left = await endLeftovers(folder);
  if (left > 0) console.error(`Ended ${left} servers that an earlier start had left behind.`);
  if (asked.fresh) rmSync(folder, { recursive: true, force: true });

  const { signal } = stopping;
  region = await startRegion({ rendered, folder, ports: "friendly", executable: programs.server, signal });
  const { servers, urls, caFile, credentials } = region;
  const { configHome } = writeContexts({ region: name, credentials, urls, caFile, folder });
  const trial = findTrial(platform.accounts, credentials);
  console.log(report({ name, version, region, folder, configHome, cli: programs.cli, trial }));
  for (const server of servers)
    void server.ended.then(() => {
      sayIfUnasked(server.name);
    });
  await Promise.race([aborted(signal), Promise.all(servers.map(({ ended }) => ended))]);
  await region.stop();
  if (signal.aborted) console.log("Stopped.");
  else throw new Trouble("All servers have ended.");
}

function readArguments(args: readonly string[]): { region: string | undefined; stack: string; fresh: boolean } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { stack: { type: "string", short: "s" }, fresh: { type: "boolean", default: false } },
    });
    if (positionals.length > 1) throw new Trouble(`found ${positionals.join(" and ")}, but one region can be named`);
    return { region: positionals[0], stack: values.stack ?? process.env.PULUMI_STACK ?? "dev", fresh: values.fresh };
  } catch (error) {
    throw new Trouble(`${(error as Error).message}\nusage: npm run local -- [REGION] [--stack STACK] [--fresh]`);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else
      signal.addEventListener(
        "abort",
        () => {
          resolve();
        },
        { once: true },
      );
  });
}

function sayIfUnasked(server: string): void {
  if (!stopping.signal.aborted) console.error(`${server} has ended.`);
}
