import type { PublicNkey } from "../../nats/nkeys.ts";
import type { Allowance } from "./accounts.ts";

/** An account as the controller knows it. */
export interface IssuingAccount {
  readonly publicKey: PublicNkey;
  /** The `iat` of every user, in whole seconds since 1970. */
  readonly issuedAt: number;
  /** The plain signing key. */
  readonly signing: PublicNkey;
  /** The scoped signing keys by role. */
  readonly roles: Readonly<Record<string, PublicNkey>>;
  readonly allow: readonly Allowance[];
  /** Users that the configuration names: their names are taken. */
  readonly users: readonly string[];
}

/** A Secret that something else writes. */
export interface TakenPlace {
  readonly namespace: string;
  readonly secret: string;
  /** What it is there for, in the words of an error: `accounts.A.users.b.deliver[0]`. */
  readonly by: string;
}

/** What the controller is told: nothing of it is secret. It reads it as JSON. */
export interface ControllerSettings {
  readonly region: string;
  /** The installation that objects name. */
  readonly operator: PublicNkey;
  /** Where workloads connect to. */
  readonly url: string;
  /** Its own namespace, with its records. */
  readonly home: string;
  /** The only namespace to watch; absent: all. */
  readonly namespace?: string;
  readonly labelPrefixes: readonly string[];
  readonly defaultInstallation: boolean;
  readonly rotation: number;
  readonly resyncSeconds: number;
  /** How long a Secret stays that nobody asks for any more. */
  readonly graceSeconds: number;
  readonly nack: boolean;
  readonly accounts: Readonly<Record<string, IssuingAccount>>;
  readonly taken: readonly TakenPlace[];
}

/** The keys of one account: seeds, and the user root as base64url. Secret. */
export interface AccountKeyMaterial {
  readonly root: string;
  readonly signing: string;
  readonly roles: Readonly<Record<string, string>>;
}

/** The keys that the controller makes users with, which it reads as JSON. Secret. */
export interface ControllerKeys {
  readonly accounts: Readonly<Record<string, AccountKeyMaterial>>;
}
