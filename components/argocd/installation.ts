import type { ArgocdSettings } from "../../config/argocd/schema.ts";
import { healthCustomizations } from "./health.ts";
import { notificationFields } from "./notifications.ts";
import { MANIFESTS_SECONDS, repoServerPatch, repoServerValues } from "./repo-server.ts";

/** Fields that ConfigMaps of an Argo CD must have for a stack. */
export interface InstallationFields {
  readonly "argocd-cm": Readonly<Record<string, string>>;
  readonly "argocd-cmd-params-cm": Readonly<Record<string, string>>;
  readonly "argocd-notifications-cm": Readonly<Record<string, string>>;
}

/** What ConfigMaps of the Argo CD that the stack is for must have. */
export function installationFields(settings: ArgocdSettings): InstallationFields {
  const { notifications, plugin, progressiveSyncs } = settings;
  return {
    "argocd-cm": healthCustomizations,
    "argocd-cmd-params-cm": {
      ...(progressiveSyncs ? { "applicationsetcontroller.enable.progressive.syncs": "true" } : {}),
      ...(plugin === undefined ? {} : { "controller.repo.server.timeout.seconds": String(MANIFESTS_SECONDS) }),
    },
    "argocd-notifications-cm": notificationFields(notifications.map(({ trigger }) => trigger)),
  };
}

/** Lines of known_hosts that Argo CD must have for the stack's repositories. */
export function knownHosts({ repositories }: Pick<ArgocdSettings, "repositories">): string[] {
  return [...new Set(Object.values(repositories).flatMap((repository) => repository.knownHosts))];
}

/** Values of the Helm chart argo-cd (10), as far as this stack needs them. */
export function installationValues(settings: ArgocdSettings): Record<string, unknown> {
  const fields = installationFields(settings);
  const hosts = knownHosts(settings);
  const notifications = Object.entries(fields["argocd-notifications-cm"]);
  const beginningWith = (prefix: string) =>
    Object.fromEntries(notifications.filter(([name]) => name.startsWith(prefix)));
  return {
    configs: {
      cm: fields["argocd-cm"],
      ...(Object.keys(fields["argocd-cmd-params-cm"]).length > 0 && { params: fields["argocd-cmd-params-cm"] }),
      ...(hosts.length > 0 && { ssh: { extraHosts: hosts.join("\n") } }),
    },
    ...(settings.plugin && { repoServer: repoServerValues(settings.plugin) }),
    ...(notifications.length > 0 && {
      notifications: { templates: beginningWith("template."), triggers: beginningWith("trigger.") },
    }),
  };
}

/** A part of an object that is there already. */
export interface InstallationPatch {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
}

/** Strategic merge patches of an Argo CD that was installed by manifests: for kubectl, or for Kustomize. */
export function installationPatches(settings: ArgocdSettings): InstallationPatch[] {
  const { namespace, plugin } = settings;
  const configMaps = Object.entries<Readonly<Record<string, string>>>({ ...installationFields(settings) })
    .filter(([, data]) => Object.keys(data).length > 0)
    .map(([name, data]) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data }));
  return [...configMaps, ...(plugin === undefined ? [] : [repoServerPatch(namespace, plugin)])];
}

/** What has to be started anew after the patches, since it has its parameters from the environment. */
export function restartsAfter({ plugin, progressiveSyncs }: ArgocdSettings): string[] {
  return [
    ...(progressiveSyncs ? ["deployment argocd-applicationset-controller"] : []),
    ...(plugin === undefined ? [] : ["statefulset argocd-application-controller"]),
  ];
}
