import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { chooseBackend } from "../../../tools/backend.ts";
import { ensure } from "../../../tools/ensure.ts";
import { PROJECT } from "../../../tools/project.ts";
import { ringEnvironment } from "../../../tools/ring-run.ts";
import { execute, start, type CommandOptions, type Finished, type Running } from "./command.ts";
import { scratch } from "./scratch.ts";

/** A clone of the project as a newcomer has it: with its own state and passphrase, and nothing of this machine's Pulumi. */
export interface ProjectCopy {
  readonly folder: string;
  /** What both `npm run` and `pulumi` find in their environment. */
  readonly env: NodeJS.ProcessEnv;
}

/** What the commands below take beside their arguments. */
export type Extra = Partial<Pick<CommandOptions, "input" | "onLine">>;

let copies = 0;
let source: Promise<ProjectCopy> | undefined;
let updated: Promise<ProjectCopy> | undefined;

/** A copy on which nothing has run yet. All copies of a test file have the same sources, whatever happens to the project meanwhile. */
export async function freshCopy(): Promise<ProjectCopy> {
  source ??= copyOfProject();
  return copyOf(await source);
}

/** A copy with a finished first update. Its keys are those of every other finished copy of this test file. */
export async function finishedCopy(): Promise<ProjectCopy> {
  updated ??= firstUpdate();
  return copyOf(await updated);
}

/** `npm run up`, without npm. */
export function up(copy: ProjectCopy, args: readonly string[] = [], extra: Extra = {}): Promise<Finished> {
  return startUp(copy, args, extra).ended;
}

/** The same, not waited for. */
export function startUp(copy: ProjectCopy, args: readonly string[] = [], extra: Extra = {}): Running {
  return start(process.execPath, ["tools/bootstrap.mjs", "up", ...args], { ...extra, cwd: copy.folder, env: copy.env });
}

/** `npm run pulumi -- ...`, without npm. */
export function npmPulumi(copy: ProjectCopy, args: readonly string[], extra: Extra = {}): Promise<Finished> {
  const command = ["tools/bootstrap.mjs", "pulumi", ...args];
  return execute(process.execPath, command, { ...extra, cwd: copy.folder, env: copy.env });
}

/** The plain CLI, as somebody types it who has the copy's backend and passphrase in the environment. */
export function pulumi(copy: ProjectCopy, args: readonly string[], extra: Extra = {}): Promise<Finished> {
  const [command, options] = plainPulumi(copy, args);
  return execute("pulumi", command, { ...options, ...extra });
}

/** What {@link pulumi} would run, for running it in some other way. */
export function plainPulumi({ folder, env }: ProjectCopy, args: readonly string[]): [string[], CommandOptions] {
  const backend = chooseBackend({ project: folder, env, hasOwnSecretsProvider: false });
  const stack = args.includes("--stack") ? [] : ["--stack", "dev"];
  return [[...args, ...stack, "--non-interactive"], { cwd: folder, env: { ...env, ...backend.env } }];
}

async function copyOfProject(): Promise<ProjectCopy> {
  const copy = await newCopy();
  mkdirSync(copy.folder);
  const listed = execFileSync("git", ["ls-files", "-co", "-z", "--exclude-standard"], {
    cwd: PROJECT,
    encoding: "utf8",
  });
  // What an update of one's own has rendered is no part of the project.
  const isSource = (file: string) => file !== "" && !file.startsWith("deploy/") && existsSync(join(PROJECT, file));
  const files = listed.split("\0").filter(isSource);
  const archive = execFileSync("tar", ["--create", "--null", "--files-from=-"], {
    cwd: PROJECT,
    input: files.join("\0"),
    maxBuffer: 2 ** 28,
  });
  execFileSync("tar", ["--extract"], { cwd: copy.folder, input: archive });
  symlinkSync(join(PROJECT, "node_modules"), join(copy.folder, "node_modules"));
  return copy;
}

async function firstUpdate(): Promise<ProjectCopy> {
  const copy = await freshCopy();
  const { code, output } = await up(copy);
  if (code !== 0) throw new Error(`the first update failed, so that nothing can be tried after it:\n${output}`);
  return copy;
}

async function copyOf(other: ProjectCopy): Promise<ProjectCopy> {
  const copy = await newCopy();
  execFileSync("cp", ["-a", other.folder, copy.folder]);
  return copy;
}

async function newCopy(): Promise<ProjectCopy> {
  copies += 1;
  const place = join(scratch, String(copies));
  mkdirSync(place);
  // An empty home of Pulumi's: no login, no selected stack, no plugins.
  const env = { ...ringEnvironment(await ensure(["engine"]), process.env), PULUMI_HOME: join(place, "pulumi") };
  return { folder: join(place, "project"), env };
}
