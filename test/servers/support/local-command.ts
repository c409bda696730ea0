import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "../../../tools/process.ts";
import { PROJECT } from "../../../tools/project.ts";
import { eventually } from "./monitoring.ts";
import { regionName, renderDev } from "./region.ts";

/** A project folder of its own, with the dev stack rendered into it, and a home folder that is empty. */
export interface TestProject {
  readonly folder: string;
  readonly home: string;
  /** What `npm run local` keeps there. */
  readonly state: string;
  remove(): void;
}

/** `npm run local` under way. */
export interface LocalCommand {
  readonly pid: number;
  /** What it has said so far, on both streams. */
  said(): string;
  /** Waits for the last line of the report. */
  healthy(): Promise<void>;
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Waits for the end. */
  ended(): Promise<number | null>;
}

/** Makes a project in a temporary folder. */
export async function testProject(): Promise<TestProject> {
  const { folder } = await renderDev();
  copyFileSync(join(PROJECT, "Pulumi.dev.yaml"), join(folder, "Pulumi.dev.yaml"));
  const home = join(folder, "home");
  mkdirSync(home);
  return {
    folder,
    home,
    state: join(folder, ".nats-platform", "local", regionName),
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What tools/ hands `npm run local` over to. */
export function startLocal(project: TestProject, args: readonly string[] = []): LocalCommand {
  const child = spawn(process.execPath, [join(PROJECT, "cli", "local.ts"), ...args], {
    cwd: project.folder,
    env: { PATH: process.env.PATH, HOME: project.home },
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", resolve);
  });
  return {
    pid: child.pid ?? assert.fail("it did not start"),
    said: () => output,
    healthy: async () => {
      await eventually("the report", () => output.includes("Ctrl-C stops.") || child.exitCode !== null, 120);
      assert.match(output, /Ctrl-C stops\./);
    },
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
    ended: async () => {
      await eventually("its end", () => child.exitCode !== null || child.signalCode !== null, 60);
      return ended;
    },
  };
}

/** Process ids of the servers that run in a project now, as `npm run local` has written them down. */
export function serverPids({ state }: TestProject): number[] {
  if (!existsSync(join(state, "running.json"))) return [];
  const { servers } = JSON.parse(readFileSync(join(state, "running.json"), "utf8")) as { servers: { pid: number }[] };
  return servers.map(({ pid }) => pid).filter(isAlive);
}
