import { stringify } from "yaml";
import { installationPatches, installationValues, knownHosts } from "../components/argocd/installation.ts";
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

/** Parts of an Argo CD's objects, as a file. */
export function patchText(settings: ArgocdSettings): string {
  const hosts = knownHosts(settings);
  const documents = installationPatches(settings).map((patch) => stringify(patch, { lineWidth: 0 }));
  // It is one text, with Argo CD's own hosts in it: nothing can be added to it from outside.
  const comment = [
    "# Add these lines to ssh_known_hosts in the ConfigMap argocd-ssh-known-hosts-cm:",
    ...hosts.map((line) => `#   ${line}`),
  ];
  return documents.join("---\n") + (hosts.length === 0 ? "" : `${comment.join("\n")}\n`);
}
