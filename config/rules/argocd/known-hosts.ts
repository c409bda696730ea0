import { isHostLine, namesHost, sshHost } from "../../argocd/known-hosts.ts";
import type { Repository } from "../../argocd/repository-schema.ts";
import { type Finding, type Path, show } from "../../problem.ts";

/** Hosts whose keys every Argo CD 3 comes with (hack/ssh_known_hosts). */
const shipped = new Set([
  ...["bitbucket.org", "github.com", "gitlab.com", "ssh.dev.azure.com", "vs-ssh.visualstudio.com"],
  "[ssh.github.com]:443",
]);

/** Argo CD refuses an SSH host whose key it doesn't know. */
export function* hostProblems({ url, knownHosts, insecure, existing }: Repository, path: Path): Generator<Finding> {
  const host = sshHost(url);
  const place = [...path, "knownHosts"];
  if (host === undefined) {
    if (knownHosts.length === 0) return;
    yield { path: place, found: "keys of a host", allowed: `${show(url)} is no SSH address` };
    return;
  }
  for (const [index, line] of knownHosts.entries()) {
    if (isHostLine(line)) continue;
    const allowed = `a line as of ssh-keyscan is needed here: ${host} ssh-ed25519 AAAA…`;
    yield { path: [...place, index], found: "something else (not shown)", allowed };
  }
  if (knownHosts.length === 0) {
    if (insecure || existing || shipped.has(host)) return;
    const allowed = `Argo CD does not know ${host}: give what ssh-keyscan prints for it (or insecure: true for development)`;
    yield { path: place, found: "no key of the host", allowed };
  } else if (insecure && !existing) {
    const allowed = "with insecure: true any key is taken: leave out one or the other";
    yield { path: place, found: "keys of the host", allowed };
  } else if (!knownHosts.some((line) => namesHost(line, host))) {
    yield { path: place, found: "keys of other hosts", allowed: `a line for ${host} is needed here` };
  }
}
