import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../run.ts";
import { freeRange, type AddressRange } from "./addresses.ts";
import { until } from "./wait.ts";

/**
 * Namespaces of processes, mounts and network with one machine's worth of programs in them. Whatever runs, is mounted or
 * routed inside is gone at once when the box closes, and also when the process that opened it is killed.
 */
export interface Box {
  readonly addresses: AddressRange;
  /** Starts a program that runs until the box closes; its output goes to `<folder>/logs/<name>.log`. */
  start(name: string, command: string, args: readonly string[]): void;
  /** Runs a command inside to its end and returns what it prints. Throws when it fails. */
  run(command: string, args: readonly string[]): Promise<string>;
  /** Names of started programs that have ended, which none should. */
  ended(): string[];
  /** The last lines of a program's log, or of all of them. */
  logs(name?: string): string;
  close(): Promise<void>;
}

/** The first process inside: adopts orphans, and ends the box when it ends. */
const init = `set -e
mount -t proc proc /proc
mount --bind "$1/lib" /var/lib
mount --bind "$1/log" /var/log
mount -t tmpfs tmpfs /run
ip link set lo up
echo 1 > /proc/sys/net/ipv4/ip_forward
: > "$1/ready"
while :; do sleep 3600 & wait; done`;

/** Opens a box that keeps its files in `folder`, connected with the machine by a pair of interfaces. */
export async function openBox(folder: string): Promise<Box> {
  for (const name of ["lib", "log", "logs"]) mkdirSync(join(folder, name), { recursive: true });
  const unshare = ["unshare", "--mount", "--propagation=private", "--net", "--pid", "--fork", "--kill-child=KILL"];
  const holder = spawn("setpriv", ["--pdeathsig", "KILL", ...unshare, "sh", "-c", init, "init", folder], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  const programs = new Map<string, ChildProcess>();
  try {
    const pid = await until("a box of namespaces is open", () => firstProcess(holder, folder), { seconds: 60 });
    const enter = ["--target", String(pid), "--mount", "--net", "--pid", "--"];
    const inside = (command: string, args: readonly string[]) => succeed("nsenter", [...enter, command, ...args]);
    const addresses = await connect(pid, inside);
    return {
      addresses,
      run: inside,
      start(name, command, args) {
        const log = openSync(join(folder, "logs", `${name}.log`), "a");
        programs.set(name, spawn("nsenter", [...enter, command, ...args], { stdio: ["ignore", log, log] }));
        closeSync(log);
      },
      ended: () =>
        [...programs].filter(([, { exitCode, signalCode }]) => (exitCode ?? signalCode) !== null).map(([name]) => name),
      logs: (name) => (name === undefined ? [...programs.keys()] : [name]).map((each) => tail(folder, each)).join("\n"),
      close: () => close(holder, [...programs.values()]),
    };
  } catch (error) {
    await close(holder, []);
    throw error;
  }
}

/** Runs a command and returns what it prints; throws with what it complains of. */
export async function succeed(command: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, { cwd: "/" });
  if (code !== 0) throw new Error(`${[command, ...args].join(" ")} failed (${String(code)}): ${stderr.trim()}`);
  return stdout;
}

function firstProcess({ pid, exitCode }: ChildProcess, folder: string): number | undefined {
  if (exitCode !== null) throw new Error(`unshare ended with ${String(exitCode)}`);
  readFileSync(join(folder, "ready"));
  const children = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, "utf8").trim();
  return children === "" ? undefined : Number(children);
}

async function connect(pid: number, inside: Box["run"]): Promise<AddressRange> {
  const range = freeRange(await succeed("ip", ["-4", "route", "show", "table", "all"]));
  const { interfaceName, machine, node, dns, all } = range;
  await succeed("ip", ["link", "add", interfaceName, "type", "veth", "peer", "name", "eth0", "netns", String(pid)]);
  await succeed("ip", ["address", "add", `${machine}/30`, "dev", interfaceName]);
  await succeed("ip", ["link", "set", interfaceName, "up"]);
  await inside("ip", ["address", "add", `${node}/30`, "dev", "eth0"]);
  await inside("ip", ["address", "add", `${dns}/32`, "dev", "lo"]);
  await inside("ip", ["link", "set", "eth0", "up"]);
  await inside("ip", ["route", "add", "default", "via", machine]);
  await succeed("ip", ["route", "add", all, "via", node]);
  return range;
}

async function close(holder: ChildProcess, programs: readonly ChildProcess[]): Promise<void> {
  // --kill-child: with the holder goes the box's first process, and with that the kernel ends every other one in it.
  if (holder.exitCode === null) holder.kill("SIGKILL");
  const all = [holder, ...programs];
  await until("every process of the box has ended", () => all.every((it) => (it.exitCode ?? it.signalCode) !== null), {
    seconds: 60,
  });
}

function tail(folder: string, name: string): string {
  const lines = readFileSync(join(folder, "logs", `${name}.log`), "utf8")
    .trimEnd()
    .split("\n");
  return `--- ${name}\n${lines.slice(-15).join("\n")}`;
}
