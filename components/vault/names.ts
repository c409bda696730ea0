/** A region's namespace that reads something from Vault. */
export interface ReaderPlace {
  readonly region: string;
  readonly namespace: string;
}

/** Policy of whatever runs this program: CI, in-cluster jobs, people. */
export function minterPolicyName(prefix: string): string {
  return `${prefix}-minter`;
}

/** Policy of what signs with keys in Transit and does nothing else. */
export function signerPolicyName(prefix: string): string {
  return `${prefix}-signer`;
}

/** Policy under which named keys may be replaced. */
export function rotatorPolicyName(prefix: string): string {
  return `${prefix}-rotator`;
}

/** Policy under which a region's ClusterSecretStore reads what all namespaces of the region may have. */
export function regionReaderPolicyName(prefix: string, region: string): string {
  // Neither a prefix nor a region has a dot: a region called `minter` gets no policy of another's name.
  return `${prefix}.${region}`;
}

/** Policy under which External Secrets reads what one namespace of one region may have. */
export function readerPolicyName(prefix: string, { region, namespace }: ReaderPlace): string {
  // With dashes between them, `nats` in `eu-east` and `east-nats` in `eu` would share a policy.
  return `${prefix}.${region}.${namespace}`;
}

/** Policy under which External Secrets reads what Argo CD signs in with. No region has this name: it has a `_`. */
export function argocdReaderPolicyName(prefix: string): string {
  return `${prefix}.argo_cd`;
}

/** Role of a region's kubernetes login for the SecretStore of one namespace. */
export function namespaceRole(prefix: string, namespace: string): string {
  return `${prefix}-${namespace}`;
}

/** Role of a region's kubernetes login for its ClusterSecretStore; no namespace has this name, as it has a dot. */
export function regionRole(prefix: string): string {
  return `${prefix}.region`;
}

/** Role of a region's kubernetes login for jobs that mint; no namespace has this name, as it has a dot. */
export function jobsRole(prefix: string): string {
  return `${prefix}.minter`;
}

/** Role of the jwt login with which CI runs this program. */
export function ciRole(prefix: string): string {
  return `${prefix}-minter`;
}

/** Role of the jwt login for whoever replaces keys. */
export function rotatorRole(prefix: string): string {
  return `${prefix}-rotator`;
}
