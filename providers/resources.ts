import * as pulumi from "@pulumi/pulumi";
import type { Claims } from "../nats/jwt.ts";
import type { PublicNkey } from "../nats/nkeys.ts";
import "./no-debug-log.ts";
import type { Manifest } from "./manifest/yaml.ts";
import type { MaterialKind } from "./material.ts";
import shim from "./shim.cjs";
import type { ClusterSecretInputs } from "./cluster-secret.ts";
import type { ContentInputs } from "./content/key-content.ts";
import type { CredentialInputs, KeyReference } from "./credential.ts";
import type { DocumentInputs } from "./document.ts";
import type { SecretDocumentInputs } from "./secret-document.ts";
import type { IssuedCredential, WithdrawnCredential } from "./withdrawn.ts";
import { reachable, type KeyLocation, type ReachableLocation, type StoreSettings } from "./stores/store.ts";
import type { KvField } from "./stores/vault.ts";

/** What a {@link MintedKey} needs. */
export interface MintedKeyArgs {
  kind: MaterialKind;
  keys: StoreSettings;
  /** It signs for an operator or an account: it may go where nobody can read it. */
  isSigningKey?: boolean;
  /** An existing seed, root or password to use instead of a new one. */
  adopt?: pulumi.Input<string> | undefined;
  /** Where in the Vault an existing one is. */
  adoptFrom?: KvField | undefined;
  /** Of kind content: how it is made. */
  content?: Inputs<ContentInputs> | undefined;
}

/**
 * A key that is minted when the resource is first created and never changes afterwards. It is protected: Pulumi refuses
 * to delete it until a person lifts that (`pulumi state unprotect`).
 */
export class MintedKey extends pulumi.dynamic.Resource {
  /** Where the material is: a secret. */
  declare readonly location: pulumi.Output<KeyLocation>;
  /** Whole seconds since 1970. */
  declare readonly mintedAt: pulumi.Output<number>;

  /** The name that the key goes by in its store. */
  readonly keyName: string;
  readonly #keys: StoreSettings;

  constructor(name: string, args: MintedKeyArgs, opts: pulumi.CustomResourceOptions) {
    const { kind, keys, isSigningKey, adopt, adoptFrom, content } = args;
    const inputs = {
      kind,
      name,
      keys,
      ...(isSigningKey === undefined ? {} : { isSigningKey }),
      ...(adopt === undefined ? {} : { adopt: pulumi.secret(adopt) }),
      ...(adoptFrom === undefined ? {} : { adoptFrom }),
      ...(content === undefined ? {} : { content }),
    };
    const outputs = { publicId: undefined, location: undefined, mintedAt: undefined };
    super(
      shim.key,
      name,
      { ...inputs, ...outputs },
      { protect: true, additionalSecretOutputs: ["location"], ...opts },
      "nats",
      "Key",
    );
    this.keyName = name;
    this.#keys = keys;
  }

  /**
   * An nkey's public key; a fingerprint of what is no nkey. It is the resource's id, which a preview knows also where the key is
   * about to move to another store.
   */
  get publicKey(): pulumi.Output<PublicNkey> {
    return this.id.apply((id) => id as PublicNkey);
  }

  /** Where the material is, and how to get there: a secret. */
  get reachable(): pulumi.Output<ReachableLocation> {
    return this.location.apply((location) => reachable(location, this.#keys));
  }

  /** The key for a resource that makes something with it. */
  get reference(): pulumi.Output<KeyReference> {
    return pulumi.output({ publicId: this.publicKey, location: this.reachable });
  }

  /** The material itself, a secret, which only the state gives to the program. */
  get material(): pulumi.Output<string> {
    return this.location.apply((location) => {
      if (location.store === "state") return location.material;
      throw new Error("a key that is in a Vault is used where it is; the program never reads it");
    });
  }
}

/** What a {@link SignedJwt} needs. */
export interface SignedJwtArgs {
  claims: pulumi.Input<Claims>;
  signer: MintedKey;
}

/** A JWT that is signed once, and again only when its claims or its signer change. */
export class SignedJwt extends pulumi.dynamic.Resource {
  declare readonly jwt: pulumi.Output<string>;

  constructor(name: string, { claims, signer }: SignedJwtArgs, opts: pulumi.CustomResourceOptions) {
    const inputs = { claims, issuer: signer.publicKey, signer: signer.reachable };
    super(
      shim.signedJwt,
      name,
      { ...inputs, jwt: undefined, issuedAt: undefined, claimsHash: undefined },
      opts,
      "nats",
      "Jwt",
    );
  }
}

/** What a {@link ManifestFile} needs. */
export interface ManifestFileArgs {
  /** The file, relative to the project folder. */
  path: string;
  /** Whether the file is to be kept from other people and from Git. */
  sensitive: boolean;
  manifest: pulumi.Input<Manifest>;
}

/** A Kubernetes object in a file, which shows in previews under its kind. */
export class ManifestFile extends pulumi.dynamic.Resource {
  constructor(name: string, kind: string, args: ManifestFileArgs, opts: pulumi.CustomResourceOptions) {
    super(shim.manifest, name, { ...args }, opts, "manifest", kind);
  }
}

/** What a {@link VaultCredential} needs. */
export type VaultCredentialArgs = Inputs<CredentialInputs>;

/** A user's credentials in Vault, which the provider's process makes: the program and the state never have them. */
export class VaultCredential extends pulumi.dynamic.Resource {
  declare readonly publicKey: pulumi.Output<PublicNkey>;

  constructor(name: string, args: VaultCredentialArgs, opts: pulumi.CustomResourceOptions) {
    const outputs = { publicKey: undefined, version: undefined, contentHash: undefined, requestHash: undefined };
    super(shim.credential, name, { ...args, ...outputs }, opts, "vault", "Credential");
  }
}

/** Public values in Vault, for others to read there. */
export class VaultDocument extends pulumi.dynamic.Resource {
  constructor(name: string, args: Inputs<DocumentInputs>, opts: pulumi.CustomResourceOptions) {
    const outputs = { version: undefined, contentHash: undefined, requestHash: undefined };
    super(shim.document, name, { ...args, ...outputs }, opts, "vault", "Document");
  }
}

/** A Secret of a cluster that may be there already, made by somebody else. */
export class ClusterSecret extends pulumi.dynamic.Resource {
  constructor(
    name: string,
    args: Inputs<Omit<ClusterSecretInputs, "leaves" | "takesPlaceOf">>,
    opts: pulumi.CustomResourceOptions,
  ) {
    const outputs = { uid: undefined, isLeft: undefined, requestHash: undefined, contentHash: undefined };
    super(
      shim.clusterSecret,
      name,
      { ...args, ...outputs },
      { additionalSecretOutputs: ["contentHash"], ...opts },
      "cluster",
      "Secret",
    );
  }
}

/** A Secret's content in Vault, which the provider's process writes. */
export class SecretDocument extends pulumi.dynamic.Resource {
  constructor(name: string, args: Inputs<SecretDocumentInputs>, opts: pulumi.CustomResourceOptions) {
    const outputs = { version: undefined, contentHash: undefined, requestHash: undefined };
    super(shim.secretDocument, name, { ...args, ...outputs }, opts, "vault", "Secret");
  }
}

/** Remembers which credentials have been issued, and tells which of them have been withdrawn since. */
export class WithdrawnCredentials extends pulumi.dynamic.Resource {
  /** What is to be revoked. */
  declare readonly toRevoke: pulumi.Output<WithdrawnCredential[]>;

  /** @param issued all credentials that are issued now, each once */
  constructor(name: string, issued: readonly Inputs<IssuedCredential>[], opts: pulumi.CustomResourceOptions) {
    super(shim.withdrawn, name, { users: [...issued], toRevoke: undefined }, opts, "nats", "Withdrawn");
  }
}

/** Values that may come from other resources. */
export type Inputs<T> = { [Key in keyof T]: pulumi.Input<T[Key]> };
