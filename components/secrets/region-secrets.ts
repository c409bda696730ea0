import type * as pulumi from "@pulumi/pulumi";
import type { ServerAddresses } from "../../nats/credential-fields.ts";
import type { Inputs, MintedKey } from "../../providers/resources.ts";
import type { IssuedCredential } from "../../providers/withdrawn.ts";
import type { Delivery } from "../credentials/delivery.ts";
import type { GeneratedSecret } from "../generated/generated-secret.ts";
import type { PlaceOptions } from "../target/index.ts";

/** A Secret of one text in which keys stand. */
export interface SecretText<Name extends string> {
  readonly namespace: string;
  readonly secret: string;
  readonly labels: Record<string, string>;
  /** The keys by the names that `text` knows them by: letters and digits. */
  readonly keys: Readonly<Record<Name, MintedKey>>;
  /** The Secret's only field. */
  readonly field: string;
  /** Each value is put in as it is, so that it must need no escapes. */
  readonly text: (values: Readonly<Record<Name, string>>) => pulumi.Output<string>;
}

/** A Secret that begins in the region. */
export interface PushedHere {
  readonly namespace: string;
  readonly secret: string;
}

/** A Secret of texts with which somebody signs in as a user by a password, which is the user's JWT. */
export interface LoginTexts {
  readonly account: string;
  readonly user: string;
  readonly namespace: string;
  readonly secret: string;
  /** Where it signs in. */
  readonly url: string;
  /** The Secret's fields. The password is put in as it is, so that it must need no escapes. */
  readonly texts: (password: string) => Readonly<Record<string, string>>;
  /** Name of a further field, made of the checksum, which is in it: pods wait for it where they need these very texts. Absent: none. */
  readonly mark?: ((checksum: string) => string) | undefined;
}

/** What is publicly known of a delivered Secret. */
export interface DeliveredCredential {
  /** Changes with the Secret's content, and gives nothing away. */
  readonly checksum: pulumi.Output<string>;
  /** Whose it is. */
  readonly issued: Inputs<IssuedCredential> & Pick<IssuedCredential, "account" | "user">;
}

/** Makes the Secrets of a region. */
export interface RegionSecrets {
  /** A Secret of a text, and a checksum of it that gives nothing away. */
  text<Name extends string>(
    name: string,
    secret: SecretText<Name>,
    opts: PlaceOptions,
  ): { resource: pulumi.Resource; checksum: pulumi.Output<string> };

  /** The Secret with which a workload connects as its user. */
  credential(name: string, delivery: Delivery, addresses: ServerAddresses, opts: PlaceOptions): DeliveredCredential;

  /** A Secret of texts in which a user's password stands. */
  login(name: string, login: LoginTexts, opts: PlaceOptions): DeliveredCredential & { resource: pulumi.Resource };

  /** A Secret with a generated key, or with what such a key has signed. */
  generated(name: string, secret: GeneratedSecret, opts: PlaceOptions): void;

  /** Brings a Secret that begins in the region to Vault, once. Only with keys in a Vault. */
  push(name: string, secret: PushedHere, opts: PlaceOptions): void;

  /** What else the servers' namespace gets: nothing, or the operator's and accounts' JWTs for Jobs. */
  forServers(name: string, namespace: string, opts: PlaceOptions): void;
}
