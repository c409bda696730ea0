import { stringify } from "yaml";
import {
  installationPatches,
  installationValues,
  knownHosts,
  restartsAfter,
} from "../components/argocd/installation.ts";
import type { ArgocdSettings } from "../config/argocd/schema.ts";
import { PROJECT, Trouble } from "../tools/project.ts";
import { applicationsIn } from "./argocd/application.ts";
import { type NamedCluster, readArguments } from "./argocd/arguments.ts";
import { connectionTo } from "./argocd/connection.ts";
import { syncApplication } from "./argocd/sync.ts";
import { readPlatform } from "./local/stack.ts";

/** `npm run cli -- argocd values|patch|sync …`: what a stack needs of the Argo CD that it is for, and syncs in which hooks run. */
export async function argocd(args: readonly string[]): Promise<number> {
  const asked = readArguments(args);
  const { argocd: settings } = readPlatform(PROJECT, asked.stack);
  if (settings === undefined)
    throw new Trouble(`stack ${asked.stack}: found no argocd in it, so there is nothing to do`);
  switch (asked.command) {
    case "values":
      process.stdout.write(valuesText(settings));
      return 0;
    case "patch":
      process.stdout.write(patchText(settings, asked));
      return 0;
    case "sync": {
      const applications = applicationsIn(connectionTo(settings, asked), settings.namespace);
      const { isSuccess, lines } = await syncApplication(applications, asked.application, console.log);
      console.log(lines.join("\n"));
      return isSuccess ? 0 : 1;
    }
  }
}

/** Values of the Helm chart argo-cd, as a file. */
export function valuesText(settings: ArgocdSettings): string {
  return stringify(installationValues(settings), { lineWidth: 0 });
}

/**
 * Commands for an Argo CD that was installed by manifests. They are patches and no server-side apply: that one takes away what the same
 * manager (`kubectl`, where the manifests were applied so) has applied before.
 */
export function patchText(settings: ArgocdSettings, named: NamedCluster = {}): string {
  const { context, kubeconfig } = { ...("context" in settings.target ? settings.target : {}), ...named };
  const where = Object.entries({ kubeconfig, context }).flatMap(([option, value]) =>
    value === undefined ? [] : [`--${option} ${quoted(value)}`],
  );
  const kubectl = ["kubectl", ...where, `-n ${settings.namespace}`].join(" ");
  const patches = installationPatches(settings);
  const hosts = knownHosts(settings);
  const restarts = restartsAfter(settings).map((workload) => `${kubectl} rollout restart ${workload}`);
  return [
    "set -e",
    ...patches.map((patch) => {
      const { kind, metadata } = patch;
      return `${kubectl} patch ${kind.toLowerCase()} ${metadata.name} --type strategic --patch ${quoted(JSON.stringify(patch))}`;
    }),
    ...(restarts.length === 0 ? [] : ["# They read their parameters when they start:", ...restarts]),
    ...(hosts.length === 0 ? [] : [addHosts(kubectl, hosts)]),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

/** Adds lines to those that Argo CD has: they are one text, in which its own hosts are. A line that is there is not added again. */
function addHosts(kubectl: string, hosts: readonly string[]): string {
  const map = "configmap argocd-ssh-known-hosts-cm";
  return [
    `{ ${kubectl} get ${map} -o jsonpath='{.data.ssh_known_hosts}'; printf '\\n%s\\n' ${hosts.map(quoted).join(" ")}; }`,
    "awk 'NF && !seen[$0]++'",
    `${kubectl} create ${map} --from-file=ssh_known_hosts=/dev/stdin --dry-run=client -o yaml`,
    `${kubectl} patch ${map} --type merge --patch-file /dev/stdin`,
  ].join(" |\n  ");
}

/** A text that a shell takes as it is. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
