import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { step } from "./progress.mjs";
import { Trouble } from "./project.ts";
import { run, which } from "./run.ts";

/** A program that is not built here, by its name or its path, and the Debian package that has it. */
export type DebianProgram = readonly [file: string, debianPackage: string];

/** Sees that these programs are there, and installs what is missing where that can be done. @param who what needs them, for people */
export async function ensurePrograms(who: string, programs: readonly DebianProgram[]): Promise<void> {
  const packages = missingPackages(programs, isThere);
  if (packages.length === 0) return;
  const wanted = `apt-get install ${packages.join(" ")}`;
  if (which("apt-get") === undefined || process.getuid?.() !== 0)
    throw new Trouble(`${who} needs what Debian calls ${packages.join(", ")}: as root, \`${wanted}\``);
  await step(`installing ${packages.join(", ")} (${who})`, () => withoutServices(() => install(packages, wanted)));
  const still = missingPackages(programs, isThere);
  if (still.length > 0) throw new Trouble(`\`${wanted}\` has not brought what ${who} needs from ${still.join(", ")}`);
}

/** Packages of the programs that `isProgramThere` denies, each once. */
export function missingPackages(
  programs: readonly DebianProgram[],
  isProgramThere: (file: string) => boolean,
): string[] {
  return [...new Set(programs.filter(([file]) => !isProgramThere(file)).map(([, debianPackage]) => debianPackage))];
}

async function install(packages: readonly string[], wanted: string): Promise<void> {
  const options = { cwd: "/", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
  // Somebody else may be installing as well.
  const patiently = ["-o", "DPkg::Lock::Timeout=300"];
  // Lists of packages grow old: the second attempt is with new ones.
  const args = ["install", "--yes", "--no-install-recommends", ...patiently, ...packages];
  if ((await run("apt-get", args, options)).code === 0) return;
  await run("apt-get", ["update"], options);
  const { code, stderr } = await run("apt-get", args, options);
  if (code !== 0) throw new Trouble(`\`${wanted}\` failed: ${stderr.trim().split("\n").slice(-5).join("\n")}`);
}

/** By what is in it, a policy is known as ours: one that an interrupted installation left behind goes with the next. */
const POLICY = "#!/bin/sh\n# nats-platform: no service starts while packages are installed\nexit 101\n";

/** Debian starts a service as soon as it is installed, on the ports that everybody knows: while we install, its policy is not to. */
export async function withoutServices(work: () => Promise<void>, policy = "/usr/sbin/policy-rc.d"): Promise<void> {
  const isOurs = !existsSync(policy) || readFileSync(policy, "utf8") === POLICY;
  if (isOurs) writeFileSync(policy, POLICY, { mode: 0o755 });
  try {
    await work();
  } finally {
    if (isOurs) rmSync(policy, { force: true });
  }
}

function isThere(file: string): boolean {
  return file.startsWith("/") ? existsSync(file) : which(file) !== undefined;
}
