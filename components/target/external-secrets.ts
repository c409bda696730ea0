import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** API of External Secrets under which stores and external secrets are made: in it since 0.16. */
export const EXTERNAL_SECRETS_API = "external-secrets.io/v1";

/** API of PushSecrets, which have no other yet (External Secrets 0.20). */
export const PUSH_SECRETS_API = "external-secrets.io/v1alpha1";

/** How a store signs in to Vault and what it reads there: what we use of `spec.provider.vault`. */
export interface VaultProvider {
  server: string;
  /** The KV mount. */
  path: string;
  version: "v2";
  /** Namespace of Vault Enterprise or OpenBao. */
  namespace?: string;
  /** PEM, in base64. Absent: the authorities of the controller's image. */
  caBundle?: string;
  /** A PushSecret states the version that it means to replace, and Vault refuses any other. */
  checkAndSet: { required: boolean };
  auth: {
    kubernetes: {
      mountPath: string;
      role: string;
      /** `namespace` is for a ClusterSecretStore: a SecretStore takes the account of its own namespace. */
      serviceAccountRef: { name: string; namespace?: string; audiences: string[] };
    };
  };
}

export interface SecretStoreArgs {
  metadata: pulumi.Input<k8s.types.input.meta.v1.ObjectMeta>;
  spec: { provider: { vault: VaultProvider } };
}

export interface ClusterSecretStoreArgs {
  metadata: pulumi.Input<k8s.types.input.meta.v1.ObjectMeta>;
  spec: {
    /** The namespaces whose external secrets may use the store. */
    conditions: { namespaces: string[] }[];
    provider: { vault: VaultProvider };
  };
}

/** The store that an external secret is read from. */
export interface StoreReference {
  kind: "SecretStore" | "ClusterSecretStore";
  name: string;
}

/**
 * A document in Vault, or one field of it. The three last ones have defaults, but they stand in lists: left out, what is in the
 * cluster differs from what we wrote, and Argo CD never finds it in sync.
 */
export interface RemoteReference {
  /** Path in the KV mount. */
  key: string;
  property?: string;
  conversionStrategy: "Default";
  decodingStrategy: "None";
  metadataPolicy: "None";
}

export interface ExternalSecretArgs {
  metadata: pulumi.Input<k8s.types.input.meta.v1.ObjectMeta>;
  spec: {
    secretStoreRef: StoreReference;
    refreshPolicy: "Periodic";
    /** As Go prints a duration. */
    refreshInterval: string;
    target: {
      name: string;
      creationPolicy: "Owner";
      deletionPolicy: "Retain";
      /** External Secrets makes the Secret once. When the content is another, it leaves it as it is and says nothing (0.20). */
      immutable?: boolean;
      template: {
        engineVersion: "v2";
        mergePolicy: "Replace";
        metadata: { labels: Record<string, string>; annotations?: Record<string, pulumi.Input<string>> };
        /** Templates of the Secret's fields. Absent: what was read goes into the Secret as it is. */
        data?: pulumi.Input<Record<string, pulumi.Input<string>>>;
      };
    };
    data?: { secretKey: string; remoteRef: RemoteReference & { property: string } }[];
    dataFrom?: { extract: RemoteReference }[];
  };
}

export interface PushSecretArgs {
  metadata: pulumi.Input<k8s.types.input.meta.v1.ObjectMeta>;
  spec: {
    secretStoreRefs: StoreReference[];
    /** As Go prints a duration. */
    refreshInterval: string;
    updatePolicy: "IfNotExists";
    deletionPolicy: "None";
    selector: { secret: { name: string } };
    data: { match: { remoteRef: { remoteKey: string } }; conversionStrategy: "None" }[];
  };
}

/** Where the external secrets of one namespace are read from. */
export class SecretStore extends k8s.apiextensions.CustomResource {
  constructor(name: string, args: SecretStoreArgs, opts?: pulumi.CustomResourceOptions) {
    super(name, { ...args, apiVersion: EXTERNAL_SECRETS_API, kind: "SecretStore" }, opts);
  }
}

/** Where the external secrets of several namespaces are read from. */
export class ClusterSecretStore extends k8s.apiextensions.CustomResource {
  constructor(name: string, args: ClusterSecretStoreArgs, opts?: pulumi.CustomResourceOptions) {
    super(name, { ...args, apiVersion: EXTERNAL_SECRETS_API, kind: "ClusterSecretStore" }, opts);
  }
}

/** A Secret that External Secrets makes of what a store holds. */
export class ExternalSecret extends k8s.apiextensions.CustomResource {
  constructor(name: string, args: ExternalSecretArgs, opts?: pulumi.CustomResourceOptions) {
    super(name, { ...args, apiVersion: EXTERNAL_SECRETS_API, kind: "ExternalSecret" }, opts);
  }
}

/** A Secret of the cluster that External Secrets writes into a store. */
export class PushSecret extends k8s.apiextensions.CustomResource {
  constructor(name: string, args: PushSecretArgs, opts?: pulumi.CustomResourceOptions) {
    super(name, { ...args, apiVersion: PUSH_SECRETS_API, kind: "PushSecret" }, opts);
  }
}
