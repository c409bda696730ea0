// The entry of `npm run up`, `npm test` and their like. Runs on any Node from 18 on and without packages: it sees to Node
// and to the project's packages, then hands over to main.ts.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { step } from "./progress.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const NODE_VERSION = "24.21.0";
/** From here on Node reads TypeScript by itself. */
const NODE_MINIMUM = [22, 18];

const arguments_ = process.argv.slice(2);

try {
  if (isNewEnough(process.versions.node)) {
    await installPackages();
    const { main } = await import("./main.ts");
    process.exitCode = await main(arguments_);
  } else {
    const folder = await installNode();
    process.exitCode = await again(join(folder, "node_modules", ".bin"));
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function isNewEnough(version) {
  const [major, minor] = version.split(".").map(Number);
  return major > NODE_MINIMUM[0] || (major === NODE_MINIMUM[0] && minor >= NODE_MINIMUM[1]);
}

/** Node from npm, in the cache folder: installed beside its final place and renamed, so that it is there whole or not at all. */
async function installNode() {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "nats-platform");
  const folder = join(cache, `node-${NODE_VERSION}-${process.platform}-${process.arch}`);
  if (existsSync(folder)) return folder;
  const building = `${folder}.${process.pid}`;
  mkdirSync(building, { recursive: true });
  try {
    // npm 11 runs the install script of a package only where its name is listed; this one fetches the binary.
    writeFileSync(join(building, "package.json"), JSON.stringify({ private: true, allowScripts: { node: true } }));
    await step(`installing Node ${NODE_VERSION} (this one is ${process.versions.node})`, () =>
      npm(["install", `node@${NODE_VERSION}`], building),
    );
    if (!existsSync(folder)) renameSync(building, folder);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
  return folder;
}

/** `npm ci` unless node_modules already is what package-lock.json asks for. */
async function installPackages() {
  const lockFile = join(ROOT, "package-lock.json");
  const installed = join(ROOT, "node_modules", ".package-lock.json");
  const record = join(ROOT, "node_modules", ".installed-from");
  const wanted = createHash("sha256").update(readFileSync(lockFile)).digest("hex");
  if (existsSync(record) && readFileSync(record, "utf8") === wanted) return;
  const isNewer = existsSync(installed) && statSync(installed).mtimeMs >= statSync(lockFile).mtimeMs;
  if (!isNewer) await step("installing packages", () => npm(["ci"], ROOT));
  writeFileSync(record, wanted);
}

/** Runs npm; what it prints is shown only when it fails. */
function npm(command, cwd) {
  const child = spawn("npm", [...command, "--no-audit", "--no-fund", "--loglevel=error"], { cwd });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.on("error", (error) => reject(new Error(`npm can't be run: ${error.message}`)));
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`npm ${command.join(" ")} failed in ${cwd}:\n${output.trim()}`));
    });
  });
}

/** Starts this file again under the Node in `bin`, which also comes first for everything started from there. */
function again(bin) {
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ""}` };
  const child = spawn(join(bin, "node"), [fileURLToPath(import.meta.url), ...arguments_], { env, stdio: "inherit" });
  // Ctrl-C reaches the child too, which ends in its own time; other requests to end are passed on.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  process.on("SIGHUP", () => child.kill("SIGHUP"));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}
