import type { CoreV1Api, V1OwnerReference, V1Secret } from "@kubernetes/client-node";
import { kubernetesFailure, statusOf } from "./failure.ts";

/** Who writes the fields of the objects that we make, as `kubectl get --show-managed-fields` names it. */
export const FIELD_MANAGER = "nats-platform";

/** Where a Secret is. */
export interface SecretName {
  readonly namespace: string;
  readonly name: string;
}

/** A Secret that is to be. Its values are base64, as in the API, so that what was read can be written again to the byte. */
export interface NewSecret extends SecretName {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly immutable: boolean;
  readonly data: Readonly<Record<string, string>>;
}

/** A Secret that is there. */
export interface LiveSecret extends NewSecret {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly type: string;
  readonly owners: readonly V1OwnerReference[];
}

/** An API server and the name that errors give it. */
export interface SecretsApi {
  readonly core: CoreV1Api;
  /** Such as `cluster eu-east`. */
  readonly where: string;
}

/** A Secret as it is now, or undefined where there is none. */
export async function readSecret({ core, where }: SecretsApi, at: SecretName): Promise<LiveSecret | undefined> {
  try {
    return liveSecret(await core.readNamespacedSecret(at));
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw kubernetesFailure(error, "get secrets", placeOf(at, where));
  }
}

/** Makes a Secret. Undefined, and nothing is changed, where there is one of that name already. */
export async function createSecret({ core, where }: SecretsApi, secret: NewSecret): Promise<LiveSecret | undefined> {
  try {
    const { namespace } = secret;
    return liveSecret(
      await core.createNamespacedSecret({ namespace, body: bodyOf(secret), fieldManager: FIELD_MANAGER }),
    );
  } catch (error) {
    if (statusOf(error) === 409) return undefined;
    throw kubernetesFailure(error, "create secrets", placeOf(secret, where));
  }
}

/**
 * Puts a Secret in the place of the one that was read. Undefined, and nothing is changed, where that is another one by now. Labels
 * and annotations that others gave it stay, and so do its owners; its content becomes ours alone.
 */
export async function replaceSecret(
  api: SecretsApi,
  found: LiveSecret,
  secret: NewSecret,
): Promise<LiveSecret | undefined> {
  const { core, where } = api;
  const { namespace, name } = secret;
  const labels = { ...found.labels, ...secret.labels };
  const annotations = { ...found.annotations, ...secret.annotations };
  if (found.immutable) {
    // Its content can't be changed: it goes, and another one comes.
    return (await deleteSecret(api, found)) ? createSecret(api, { ...secret, labels, annotations }) : undefined;
  }
  const { uid, resourceVersion, type } = found;
  const metadata = { name, namespace, labels, annotations, uid, resourceVersion, ownerReferences: [...found.owners] };
  try {
    const body = { ...bodyOf(secret), type, metadata };
    return liveSecret(await core.replaceNamespacedSecret({ namespace, name, body, fieldManager: FIELD_MANAGER }));
  } catch (error) {
    if (statusOf(error) === 409 || statusOf(error) === 404) return undefined;
    throw kubernetesFailure(error, "update secrets", placeOf(secret, where));
  }
}

/** Deletes the Secret that was read; false, and nothing is changed, where that is another one by now. One that is gone is deleted. */
export async function deleteSecret({ core, where }: SecretsApi, found: LiveSecret): Promise<boolean> {
  const { namespace, name, uid, resourceVersion } = found;
  try {
    await core.deleteNamespacedSecret({ namespace, name, body: { preconditions: { uid, resourceVersion } } });
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return true;
    if (statusOf(error) === 409) return false;
    throw kubernetesFailure(error, "delete secrets", placeOf(found, where));
  }
}

/** A Secret in the words of errors. */
export function placeOf({ namespace, name }: SecretName, where: string): string {
  return `Secret ${namespace}/${name} on ${where}`;
}

function bodyOf({ namespace, name, labels, annotations, immutable, data }: NewSecret) {
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "Opaque",
    metadata: { name, namespace, labels: { ...labels }, annotations: { ...annotations } },
    ...(immutable ? { immutable } : {}),
    data: { ...data },
  };
}

function liveSecret({ metadata = {}, type = "Opaque", immutable = false, data = {} }: V1Secret): LiveSecret {
  return {
    namespace: metadata.namespace ?? "",
    name: metadata.name ?? "",
    uid: metadata.uid ?? "",
    resourceVersion: metadata.resourceVersion ?? "",
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    owners: metadata.ownerReferences ?? [],
    type,
    immutable,
    data,
  };
}
