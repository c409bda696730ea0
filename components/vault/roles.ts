import type { ArgocdSettings } from "../../config/argocd/schema.ts";
import type { ExternalSecretsSettings, VaultKeys } from "../../config/schema.ts";
import type { VaultSetupSettings } from "../../config/vault-setup-schema.ts";
import {
  argocdReaderPolicyName,
  jobsRole,
  minterPolicyName,
  namespaceRole,
  readerPolicyName,
  regionReaderPolicyName,
  regionRole,
} from "./names.ts";
import type { Reader } from "./readers.ts";

/** A role of a kubernetes login: who may sign in, and what for. */
export interface KubernetesRole {
  readonly mount: string;
  readonly name: string;
  readonly serviceAccount: string;
  readonly namespace: string;
  readonly audience: string;
  readonly policies: readonly string[];
  /** How long a login lasts, in seconds. */
  readonly ttl: number;
}

/** How a region's External Secrets reads Vault. */
export type SettingsOf = (region: string) => ExternalSecretsSettings;

/** External Secrets signs in again for each look into Vault. In seconds. */
const READER_TTL = 900;

/**
 * Roles with which External Secrets signs in: one for each namespace that reads, or one for a region's ClusterSecretStore.
 * Two regions in one cluster share its login, and there the role of a namespace that both deliver to.
 */
export function readerRoles(
  { prefix }: Pick<VaultKeys, "prefix">,
  readers: readonly Reader[],
  settingsOf: SettingsOf,
): KubernetesRole[] {
  return merged(readers.map((reader) => roleOf(prefix, reader, settingsOf(reader.region))));
}

/** The role with which External Secrets signs in for Argo CD. */
export function argocdRole(
  { prefix }: Pick<VaultKeys, "prefix">,
  { namespace, externalSecrets }: Pick<ArgocdSettings, "namespace" | "externalSecrets">,
): KubernetesRole {
  return { ...storeRole(prefix, namespace, externalSecrets), policies: [argocdReaderPolicyName(prefix)] };
}

/** One role of a name in each login, with the policies of all of its name. */
export function merged(all: readonly KubernetesRole[]): KubernetesRole[] {
  const roles = new Map<string, KubernetesRole>();
  for (const role of all) {
    const key = `${role.mount} ${role.name}`;
    const others = roles.get(key)?.policies ?? [];
    roles.set(key, { ...role, policies: [...new Set([...others, ...role.policies])] });
  }
  return [...roles.values()];
}

/** Roles of jobs in clusters that run this program. */
export function jobRoles(
  { prefix }: Pick<VaultKeys, "prefix">,
  jobs: VaultSetupSettings["jobs"],
  settingsOf: SettingsOf,
): KubernetesRole[] {
  return Object.entries(jobs).map(([region, job]) => {
    const { authMount: mount, audience } = settingsOf(region);
    return { ...job, mount, audience, name: jobsRole(prefix), policies: [minterPolicyName(prefix)] };
  });
}

function roleOf(prefix: string, reader: Reader, settings: ExternalSecretsSettings): KubernetesRole {
  const isOfNamespace = settings.kind === "SecretStore";
  const policy = isOfNamespace ? readerPolicyName(prefix, reader) : regionReaderPolicyName(prefix, reader.region);
  return { ...storeRole(prefix, reader.namespace, settings), policies: [policy] };
}

/** Who signs in for the store of a namespace, or for the one of all namespaces. */
function storeRole(
  prefix: string,
  namespace: string,
  { kind, authMount: mount, serviceAccount, storeNamespace, audience }: ExternalSecretsSettings,
): Omit<KubernetesRole, "policies"> {
  const shared = { mount, serviceAccount, audience, ttl: READER_TTL };
  return kind === "SecretStore"
    ? { ...shared, name: namespaceRole(prefix, namespace), namespace }
    : { ...shared, name: regionRole(prefix), namespace: storeNamespace };
}
