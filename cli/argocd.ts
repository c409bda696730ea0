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
import { readArguments } from "./argocd/arguments.ts";
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
      process.stdout.write(patchText(settings));
      return 0;
    case "sync": {
      const applications = applicationsIn(connectionTo(settings, asked), settings.namespace);
      const { isSuccess, lines } = await syncApplication(applications, asked.application);
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
export function patchText(settings: ArgocdSettings): string {
  const kubectl = `kubectl -n ${settings.namespace}`;
  const patches = installationPatches(settings);
  const hosts = knownHosts(settings);
  const restarts = restartsAfter(settings).map((workload) => `${kubectl} rollout restart ${workload}`);
  return [
    ...patches.map((patch) => {
      const { kind, metadata } = patch;
      return `${kubectl} patch ${kind.toLowerCase()} ${metadata.name} --type strategic --patch ${quoted(JSON.stringify(patch))}`;
    }),
    ...(restarts.length === 0 ? [] : ["# They read their parameters when they start:", ...restarts]),
    // It is one text, with Argo CD's own hosts in it: nothing can be added to it from outside.
    ...(hosts.length === 0
      ? []
      : [
          `# Add to ssh_known_hosts (${kubectl} edit configmap argocd-ssh-known-hosts-cm):`,
          ...hosts.map((line) => `#   ${line}`),
        ]),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

/** A text that a shell takes as it is. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
