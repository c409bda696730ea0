/** Where in the KV mount a key is: one path for each. */
export function keyPath(folder: string, keyName: string): string {
  return `${folder}/keys/${keyName}`;
}

/** A Secret of one namespace of one region. */
export interface CredentialPlace {
  readonly region: string;
  readonly namespace: string;
  readonly secret: string;
}

/** Where in the KV mount credentials are that one namespace of one region may read. */
export function credentialPath(folder: string, { region, namespace, secret }: CredentialPlace): string {
  return `${namespaceFolder(folder, { region, namespace })}/${secret}`;
}

/** The folder that holds everything that is meant for one namespace of one region. */
export function namespaceFolder(folder: string, place: Pick<CredentialPlace, "region" | "namespace">): string {
  return `${folder}/creds/${place.region}/${place.namespace}`;
}

/** Where in the KV mount a Secret arrives that began in a cluster. */
export function pushedPath(folder: string, { region, namespace, secret }: CredentialPlace): string {
  return `${folder}/pushed/${region}/${namespace}/${secret}`;
}

/** Where in the KV mount the operator's and the accounts' JWTs and public keys are, for whoever pushes accounts: nothing secret. */
export function trustPath(folder: string): string {
  return `${folder}/trust`;
}
