import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { cached, cacheKey, fileInputs, type Inputs } from "./cache.ts";
import { step } from "./progress.mjs";
import { Trouble } from "./project.ts";
import { run, type Finished } from "./run.ts";

/** Programs that are built from one Go module of ours under tools/go. */
export interface GoBuild {
  /** Name in the cache, and of what is built in the lines that people read. */
  readonly name: string;
  readonly title: string;
  /** How long a first build takes on two cores, for orientation: "about 5 minutes". */
  readonly takes: string;
  /** Folder with go.mod, go.sum and perhaps a main package. */
  readonly source: string;
  /** What `go build` is given: packages, or the word `tool` for the tools that go.mod lists. */
  readonly packages: string;
  /** File names of the programs that come out. */
  readonly programs: readonly [string, ...string[]];
  /** Variables to set in the program: full name to value. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Files that the build needs beside its source, from a module's folder: module and paths in it. */
  readonly embed?: { readonly module: string; readonly files: readonly string[] };
  /** Folders of modules to keep beside the programs' folder, under the name `as`: for those who use the programs. */
  readonly keep?: Kept | readonly Kept[];
}

/** A folder of a module, and the name under which it is kept. */
interface Kept {
  readonly module: string;
  readonly folder: string;
  readonly as: string;
}

/** -trimpath keeps the folder of the build out of the result, so the compiler's own cache serves every clone. */
const FLAGS = ["-trimpath", "-mod=readonly", "-buildvcs=false"];
/** CGO off: what is built runs on any machine of the platform, and needs no C compiler. GOWORK off: a workspace around us is not ours. */
const SETTINGS = { CGO_ENABLED: "0", GOWORK: "off", GOFLAGS: "" };

/** Builds the programs, or finds them built, and returns the folder that holds them. */
export async function goBuild(build: GoBuild): Promise<string> {
  const version = await goVersion(build);
  const linker = linkerFlags(build);
  return cached(build.name, cacheKey(buildInputs(build, version)), (folder) =>
    step(`building ${build.title} from Go modules (${build.takes} the first time)`, async (note) => {
      const source = join(folder, ".source");
      cpSync(build.source, source, { recursive: true });
      if (build.embed !== undefined) await embed(build.embed, source);
      for (const kept of [build.keep ?? []].flat()) await keep(kept, source, folder);
      const bin = join(folder, "bin");
      mkdirSync(bin);
      // One program gets its name from us, several get theirs from their packages.
      const output = build.programs.length === 1 ? join(bin, build.programs[0]) : `${bin}/`;
      const args = ["build", "-v", ...FLAGS, "-ldflags", linker, "-o", output, build.packages];
      failWith(build.title, await go(args, source, note));
      const missing = build.programs.filter((program) => !existsSync(join(bin, program)));
      if (missing.length > 0) throw new Error(`building ${build.title} gave no ${missing.join(", ")}`);
      rmSync(source, { recursive: true });
    }),
  ).then((folder) => join(folder, "bin"));
}

/** Everything that decides what comes out of a build. */
export function buildInputs(build: GoBuild, version: string): Inputs {
  return {
    ...fileInputs(build.source),
    go: version,
    platform: `${process.platform}-${process.arch}`,
    flags: FLAGS,
    settings: JSON.stringify(SETTINGS),
    linker: linkerFlags(build),
    packages: build.packages,
    programs: build.programs,
    embed: JSON.stringify(build.embed ?? null),
    // Absent and not null: builds that keep nothing stay the ones that they were.
    ...(build.keep === undefined ? {} : { keep: JSON.stringify(build.keep) }),
  };
}

/** The Go that will build this module: one that is too old may fetch a newer one itself, unless it was told not to. */
async function goVersion(build: GoBuild): Promise<string> {
  const found = await go(["env", "GOVERSION"], build.source);
  if (found.code === 0) return found.stdout.trim();
  const needed = /^go (\S+)$/m.exec(readFileSync(join(build.source, "go.mod"), "utf8"))?.[1] ?? "";
  const why = found.code === 127 ? "there is no `go` on PATH" : found.stderr.trim();
  throw new Trouble(`${build.title} has to be built, which needs Go ${needed} or newer (https://go.dev/dl): ${why}`);
}

function linkerFlags(build: GoBuild): string {
  const variables = Object.entries(build.variables ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  return ["-s", "-w", ...variables].join(" ");
}

async function embed(wanted: NonNullable<GoBuild["embed"]>, source: string): Promise<void> {
  const module = await moduleFolder(wanted.module, source);
  for (const file of wanted.files) cpSync(join(module, file), join(source, basename(file)));
}

async function keep(wanted: Kept, source: string, target: string): Promise<void> {
  const from = join(await moduleFolder(wanted.module, source), wanted.folder);
  const to = join(target, wanted.as);
  // Folders of the module cache are read-only, and so would be a copy: it is made file by file.
  mkdirSync(to);
  for (const file of readdirSync(from)) cpSync(join(from, file), join(to, file));
}

/** Where the module is that go.mod names. */
async function moduleFolder(module: string, source: string): Promise<string> {
  failWith(module, await go(["mod", "download", module], source));
  const found = await go(["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", module], source);
  failWith(module, found);
  return found.stdout.trim();
}

function go(args: readonly string[], cwd: string, note?: (line: string) => void): Promise<Finished> {
  const env = { ...process.env, ...SETTINGS };
  return run("go", args, { cwd, env, isBackground: true, ...(note === undefined ? {} : { onError: note }) });
}

function failWith(title: string, finished: Finished): void {
  if (finished.code === 0) return;
  const last = finished.stderr.trim().split("\n").slice(-20).join("\n");
  throw new Trouble(`${title} could not be built (go exited with ${finished.code}):\n${last}`);
}
