import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { isAlive } from "../process.ts";
import { until } from "./wait.ts";

const CONTROL_GROUPS = "/sys/fs/cgroup";

/** What a kubelet sets for the whole machine, whatever namespaces it is in. */
const KERNEL_SETTINGS = [
  "vm/overcommit_memory",
  "vm/panic_on_oom",
  "kernel/panic",
  "kernel/panic_on_oops",
  "kernel/keys/root_maxkeys",
  "kernel/keys/root_maxbytes",
].map((name) => `/proc/sys/${name}`);

/** Reads the kernel's settings that a kubelet changes; the function that is returned puts them back. */
export function rememberKernelSettings(): () => void {
  const before = KERNEL_SETTINGS.filter((file) => existsSync(file)).map(
    (file) => [file, readFileSync(file, "utf8")] as const,
  );
  return () => {
    for (const [file, value] of before) if (readFileSync(file, "utf8") !== value) writeFileSync(file, value);
  };
}

/** Makes a control group in every hierarchy; the function that is returned removes it with all below it, once it is empty. */
export function makeControlGroup(name: string): () => Promise<void> {
  const groups = hierarchies().map((hierarchy) => join(hierarchy, name));
  for (const group of groups) {
    mkdirSync(group, { recursive: true });
    if (basename(join(group, "..")) === "cpuset") inheritCpus(group);
  }
  return async () => {
    await until("the control groups are removed", () => (groups.forEach(removeGroup), true), { seconds: 60 });
  };
}

/** Removes control groups and folders that runs have left whose process (the number after the prefix) was killed. */
export function removeAbandoned(prefix: string, temporary: string): void {
  for (const folder of [...hierarchies(), temporary]) {
    for (const name of readdirSync(folder)) {
      const pid = name.startsWith(prefix) ? /^\d+/.exec(name.slice(prefix.length))?.[0] : undefined;
      if (pid === undefined || isAlive(Number(pid))) continue;
      const path = join(folder, name);
      if (folder === temporary) rmSync(path, { recursive: true, force: true });
      else removeGroup(path);
    }
  }
}

/** Version 1: a folder for each controller; version 2: one for all. */
function hierarchies(): string[] {
  if (existsSync(join(CONTROL_GROUPS, "cgroup.controllers"))) return [CONTROL_GROUPS];
  return readdirSync(CONTROL_GROUPS)
    .map((name) => join(CONTROL_GROUPS, name))
    .filter((folder) => existsSync(join(folder, "cgroup.procs")));
}

/** Version 1: a new group of cpuset has no processors, and nothing can run in it until it is given some. */
function inheritCpus(group: string): void {
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    writeFileSync(join(group, file), readFileSync(join(group, "..", file)));
  }
}

function removeGroup(group: string): void {
  if (!existsSync(group)) return;
  for (const entry of readdirSync(group, { withFileTypes: true })) {
    if (entry.isDirectory()) removeGroup(join(group, entry.name));
  }
  rmdirSync(group);
}
