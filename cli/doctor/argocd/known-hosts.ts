import { namesHost, sshHost } from "../../../config/argocd/known-hosts.ts";
import type { ArgocdSettings } from "../../../config/argocd/schema.ts";
import { knownHosts } from "../../../components/argocd/installation.ts";
import type { Check } from "../check.ts";
import type { Installation } from "./installation.ts";

type Repositories = Pick<ArgocdSettings, "repositories">;

/** Whether Argo CD knows the keys of the hosts that repositories are read from over SSH. */
export function checkKnownHosts({ configMaps }: Pick<Installation, "configMaps">, settings: Repositories): Check {
  const lines = (configMaps["argocd-ssh-known-hosts-cm"]?.ssh_known_hosts ?? "").split("\n");
  const known = new Set(lines.map(entryOf));
  const hosts = sshHosts(settings);
  const missingKeys = knownHosts(settings).filter((line) => !known.has(entryOf(line)));
  return {
    about: "SSH hosts",
    found: hosts.map(({ host }) => host).join(", "),
    problems: [
      ...missingKeys.map(
        (line) =>
          `argocd-ssh-known-hosts-cm: found no line ${JSON.stringify(entryOf(line))}, but a repository's knownHosts has it: add it to ssh_known_hosts`,
      ),
      ...hosts
        .filter(({ host, isGiven }) => !isGiven && !lines.some((line) => namesHost(line, host)))
        .map(
          ({ host, name }) =>
            `argocd-ssh-known-hosts-cm: found no key of ${host}, but repository ${name} is there: give its knownHosts (ssh-keyscan, and compare with what the host publishes), and add them`,
        ),
    ],
  };
}

/** Whether any repository is read over SSH. */
export function usesSsh(settings: Repositories): boolean {
  return sshHosts(settings).length > 0 || Object.values(settings.repositories).some((it) => it.knownHosts.length > 0);
}

/** Host, type and key of a line, without a comment. */
function entryOf(line: string): string {
  return line
    .trim()
    .split(/\s+/)
    .slice(0, line.startsWith("@") ? 4 : 3)
    .join(" ");
}

/** Hosts as known_hosts names them, once each. */
function sshHosts({ repositories }: Repositories): { host: string; name: string; isGiven: boolean }[] {
  const found = Object.entries(repositories).flatMap(([name, { url, insecure, knownHosts: given }]) => {
    const host = sshHost(url);
    return host === undefined || insecure ? [] : [{ host, name, isGiven: given.length > 0 }];
  });
  return found.filter(({ host }, index) => found.findIndex((it) => it.host === host) === index);
}
