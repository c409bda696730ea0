import type { Repository } from "../../argocd/repository-schema.ts";
import { sshHost } from "../../argocd/urls.ts";
import { type Finding, type Path, show } from "../../problem.ts";

/** Hosts whose keys every Argo CD 3 comes with (hack/ssh_known_hosts). */
const shipped = new Set([
  ...["bitbucket.org", "github.com", "gitlab.com", "ssh.dev.azure.com", "vs-ssh.visualstudio.com"],
  "[ssh.github.com]:443",
]);

/** Argo CD refuses an SSH host whose key it doesn't know. */
export function* hostProblems({ url, knownHosts, insecure }: Repository, path: Path): Generator<Finding> {
  const host = sshHost(url);
  if (host === undefined) {
    if (knownHosts.length === 0) return;
    yield { path: [...path, "knownHosts"], found: "keys of a host", allowed: `${show(url)} is no SSH address` };
    return;
  }
  for (const [index, line] of knownHosts.entries()) {
    if (/^(?:@cert-authority\s+)?\S+\s+(?:ssh-|ecdsa-|sk-)[\w@.-]+\s+AAAA[\w+/=]+(?:\s.*)?$/.test(line.trim()))
      continue;
    const allowed = `a line as of ssh-keyscan is needed here: ${host} ssh-ed25519 AAAA…`;
    yield { path: [...path, "knownHosts", index], found: "something else (not shown)", allowed };
  }
  if (insecure) {
    if (knownHosts.length > 0) {
      const allowed = "with insecure: true any key is taken: leave out one or the other";
      yield { path: [...path, "knownHosts"], found: "keys of the host", allowed };
    }
    return;
  }
  if (knownHosts.length === 0) {
    if (shipped.has(host)) return;
    const allowed = `Argo CD does not know ${host}: give what ssh-keyscan prints for it (or insecure: true for development)`;
    yield { path: [...path, "knownHosts"], found: "no key of the host", allowed };
    return;
  }
  if (knownHosts.some((line) => namesHost(line, host))) return;
  yield { path: [...path, "knownHosts"], found: "keys of other hosts", allowed: `a line for ${host} is needed here` };
}

/** A hashed name (`|1|…`) may be the host's, and so may a pattern. */
function namesHost(line: string, host: string): boolean {
  const [names = ""] = line
    .replace(/^@cert-authority\s+/, "")
    .trim()
    .split(/\s+/);
  return names.startsWith("|1|") || names.split(",").some((name) => name.includes("*") || name.toLowerCase() === host);
}
