import { existsSync } from "node:fs";
import { Trouble } from "../project.ts";
import { step } from "../progress.mjs";
import { run, which } from "../run.ts";

/** CNI plugins as Debian installs them. */
export const CNI_PLUGINS = "/usr/lib/cni";

/** A static busybox: the one program beside nats-server in the servers' image. */
export const BUSYBOX = "/bin/busybox";

/** Programs that a node consists of and that are not built here, and the Debian package of each. */
const programs: readonly (readonly [file: string, debianPackage: string])[] = [
  ["containerd", "containerd"],
  ["ctr", "containerd"],
  ["runc", "runc"],
  [`${CNI_PLUGINS}/ptp`, "containernetworking-plugins"],
  ["iptables", "iptables"],
  ["ip", "iproute2"],
  ["unshare", "util-linux"],
  ["nsenter", "util-linux"],
  ["setpriv", "util-linux"],
  ["mount", "mount"],
  [BUSYBOX, "busybox-static"],
  ["openssl", "openssl"],
  ["tar", "tar"],
  // What docs/vault.md asks of a reader's machine.
  ["curl", "curl"],
  ["jq", "jq"],
];

/** Sees that the machine can be a node: its programs are there (installed if it can be done), and we are root on Linux. */
export async function prepareMachine(): Promise<void> {
  const packages = missingPackages(isThere);
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    throw new Trouble(
      `the cluster ring starts a Kubernetes node, which takes root on Linux; found ${process.platform} and user ${String(process.getuid?.())}`,
    );
  }
  if (packages.length === 0) return;
  const wanted = `apt-get install ${packages.join(" ")}`;
  if (which("apt-get") === undefined)
    throw new Trouble(`the cluster ring needs what Debian calls ${packages.join(", ")}`);
  await step(`installing ${packages.join(", ")} (the cluster ring's node)`, async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const options = { cwd: "/", env };
    // Lists of packages grow old: the second attempt is with new ones.
    const install = ["install", "--yes", "--no-install-recommends", ...packages];
    if ((await run("apt-get", install, options)).code === 0) return;
    await run("apt-get", ["update"], options);
    const { code, stderr } = await run("apt-get", install, options);
    if (code !== 0) throw new Trouble(`\`${wanted}\` failed: ${stderr.trim().split("\n").slice(-5).join("\n")}`);
  });
  const still = missingPackages(isThere);
  if (still.length > 0) throw new Trouble(`\`${wanted}\` has not brought what the node needs from ${still.join(", ")}`);
}

/** Packages of the programs that `isThere` denies, each once. */
export function missingPackages(isProgramThere: (file: string) => boolean): string[] {
  return [...new Set(programs.filter(([file]) => !isProgramThere(file)).map(([, debianPackage]) => debianPackage))];
}

function isThere(file: string): boolean {
  return file.startsWith("/") ? existsSync(file) : which(file) !== undefined;
}
