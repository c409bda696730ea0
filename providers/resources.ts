import * as pulumi from "@pulumi/pulumi";
import type { Claims } from "../nats/jwt.ts";
import type { PublicNkey } from "../nats/nkeys.ts";
import "./no-debug-log.ts";
import type { Manifest } from "./manifest/yaml.ts";
import type { MaterialKind } from "./material.ts";
import shim from "./shim.cjs";
import type { KeyLocation, StoreSettings } from "./stores/store.ts";

/** What a {@link MintedKey} needs. */
export interface MintedKeyArgs {
  kind: MaterialKind;
  keys: StoreSettings;
  /** An existing seed, root or password to use instead of a new one. */
  adopt?: pulumi.Input<string> | undefined;
}

/**
 * A key that is minted when the resource is first created and never changes afterwards. It is protected: Pulumi refuses
 * to delete it until a person lifts that (`pulumi state unprotect`).
 */
export class MintedKey extends pulumi.dynamic.Resource {
  /** An nkey's public key; a fingerprint of what is no nkey. */
  declare readonly publicId: pulumi.Output<PublicNkey>;
  /** Where the material is: a secret. */
  declare readonly location: pulumi.Output<KeyLocation>;
  /** Whole seconds since 1970. */
  declare readonly mintedAt: pulumi.Output<number>;

  constructor(name: string, { kind, keys, adopt }: MintedKeyArgs, opts: pulumi.CustomResourceOptions) {
    const inputs = { kind, name, keys, ...(adopt === undefined ? {} : { adopt: pulumi.secret(adopt) }) };
    const outputs = { publicId: undefined, location: undefined, mintedAt: undefined };
    super(
      shim.key,
      name,
      { ...inputs, ...outputs },
      { protect: true, additionalSecretOutputs: ["location"], ...opts },
      "nats",
      "Key",
    );
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
    const inputs = { claims, issuer: signer.publicId, signer: signer.location };
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
