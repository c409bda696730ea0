import { ensurePrograms, type DebianProgram } from "../debian.ts";
import { Trouble } from "../project.ts";

/** CNI plugins as Debian installs them. */
export const CNI_PLUGINS = "/usr/lib/cni";

/** A static busybox: the one program beside nats-server in the servers' image. */
export const BUSYBOX = "/bin/busybox";

/** Programs that a node consists of and that are not built here, and the Debian package of each. */
const nodePrograms: readonly DebianProgram[] = [
  ["containerd", "containerd"],
  ["ctr", "containerd"],
  ["runc", "runc"],
  [`${CNI_PLUGINS}/ptp`, "containernetworking-plugins"],
  ["iptables", "iptables"],
  ["ipset", "ipset"],
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
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    throw new Trouble(
      `the cluster ring starts a Kubernetes node, which takes root on Linux; found ${process.platform} and user ${String(process.getuid?.())}`,
    );
  }
  await ensurePrograms("the cluster ring", nodePrograms);
}
