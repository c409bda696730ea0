import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { choosePorts } from "../../../cli/local/ports.ts";
import { succeed } from "../../../tools/cluster/box.ts";
import { until } from "../../../tools/cluster/wait.ts";
import { startProgram } from "./argocd/programs.ts";
import type { GitRepository } from "./git.ts";

/** A key pair as OpenSSH writes it. */
export interface SshKey {
  /** What is in its file, with the line break at its end. */
  readonly privateKey: string;
  /** Type and key: `ssh-ed25519 AAAA…`. */
  readonly publicKey: string;
  readonly file: string;
}

/** A repository over SSH, which whoever has the key may read. */
export interface SshServer {
  readonly url: string;
  /** How known_hosts names the server. */
  readonly host: string;
  /** What ssh-keyscan prints of it: a line of known_hosts for each of its keys, as most servers have several. */
  readonly knownHosts: readonly string[];
  stop(): Promise<void>;
}

/** Makes a key without a passphrase. It goes with the folder. @param name of its file */
export async function makeSshKey(folder: string, name: string, type = "ed25519"): Promise<SshKey> {
  const file = join(folder, name);
  await succeed("ssh-keygen", ["-q", "-t", type, "-N", "", "-C", name, "-f", file]);
  const publicKey = readFileSync(`${file}.pub`, "utf8").split(" ").slice(0, 2).join(" ");
  return { privateKey: readFileSync(file, "utf8"), publicKey, file };
}

/**
 * Serves one repository through OpenSSH's own server on a free port of the loopback: whatever a client asks for, it gets that one, to
 * read. Clients sign in as the user that the tests run as, with the allowed key and in no other way.
 */
export async function serveBySsh(folder: string, { url }: GitRepository, allowed: SshKey): Promise<SshServer> {
  const [ports] = await choosePorts(1, "free");
  if (ports === undefined) throw new Error("the system has no free port left");
  const port = String(ports.client);
  const hostKeys = [await makeSshKey(folder, "host-1"), await makeSshKey(folder, "host-2", "ecdsa")];
  const [config, allowedKeys] = [join(folder, "sshd_config"), join(folder, "allowed-keys")];
  const serves = `git-upload-pack '${new URL(url).pathname}'`;
  writeFileSync(allowedKeys, `restrict,command="${serves}" ${allowed.publicKey}\n`);
  writeFileSync(config, settings({ port, hostKeys: hostKeys.map(({ file }) => file), allowedKeys }));
  const { username, uid } = userInfo();
  // Debian's unit makes this folder, without which a server of root's does not start.
  if (uid === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const sshd = { name: "sshd", file: "/usr/sbin/sshd", args: ["-D", "-e", "-f", config], env: {}, folder };
  const server = startProgram(sshd);
  try {
    const scan = async () => {
      const lines = (await succeed("ssh-keyscan", ["-p", port, "127.0.0.1"]))
        .split("\n")
        .filter((line) => /^[^#]/.test(line));
      return lines.length === hostKeys.length && lines;
    };
    const knownHosts = await until("sshd answers", scan, {
      seconds: 60,
      explain: () => server.logs(15),
      isHopeless: () => (server.hasEnded() ? `sshd has ended\n${server.logs(15)}` : undefined),
    });
    const host = `[127.0.0.1]:${port}`;
    return { url: `ssh://${username}@127.0.0.1:${port}/repository.git`, host, knownHosts, stop: () => server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

interface Settings {
  readonly port: string;
  readonly hostKeys: readonly string[];
  readonly allowedKeys: string;
}

function settings({ port, hostKeys, allowedKeys }: Settings): string {
  return `ListenAddress 127.0.0.1
Port ${port}
${hostKeys.map((file) => `HostKey ${file}`).join("\n")}
PidFile none
UsePAM no
StrictModes no
AuthenticationMethods publickey
AuthorizedKeysFile ${allowedKeys}
PermitRootLogin forced-commands-only
MaxStartups 100
SetEnv GIT_CONFIG_GLOBAL=/dev/null
`;
}
