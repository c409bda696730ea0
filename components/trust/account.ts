import * as pulumi from "@pulumi/pulumi";
import type { Account, User } from "../../config/schema.ts";
import type { PublicNkey } from "../../nats/nkeys.ts";
import type { IssuedUser } from "../../nats/users.ts";
import { MintedKey, SignedJwt, type Inputs, type VaultCredentialArgs } from "../../providers/resources.ts";
import type { StoreSettings } from "../../providers/stores/store.ts";
import { existingKey, type SecretValue } from "./adoption.ts";
import { accountClaimsOf } from "./claims.ts";
import { issuerOf, type IssueUser } from "./users.ts";

/** What a user's credentials are made from, where they are made in Vault. */
export type CredentialSource = Pick<VaultCredentialArgs, "user" | "account" | "issuedAt" | "root" | "signer" | "seed">;

/** All that decides what a user's key and JWT are, by public names: nothing secret. */
export interface UserIdentity {
  readonly account: PublicNkey;
  readonly user: string;
  readonly rotation: number;
  /** Absent: none. */
  readonly tags?: readonly string[] | undefined;
  /** Fingerprint of the account's user root. */
  readonly root: string;
  /** The key that signs for the user. */
  readonly signer: PublicNkey;
  /** An adopted key, in place of the one that the root leads to. */
  readonly adopted?: PublicNkey | undefined;
  /** `iat` of the user's JWT, in whole seconds since 1970. */
  readonly issuedAt: number;
}

/** What an {@link AccountTrust} needs. */
export interface AccountTrustArgs {
  /** The account's name in its JWT. */
  accountName: string;
  account: Account;
  keys: StoreSettings;
  secret: SecretValue;
  /** The operator's signing key. */
  operator: MintedKey;
}

/** One account: its keys, its JWT, and its users. */
export class AccountTrust extends pulumi.ComponentResource {
  /** What the account is known by for good: its identity is never rotated. */
  readonly publicKey: pulumi.Output<PublicNkey>;
  readonly jwt: pulumi.Output<string>;
  readonly #args: AccountTrustArgs;
  readonly #keys: IssuerKeys;
  #issue: pulumi.Output<IssueUser> | undefined;
  readonly #adoptedUsers: ReadonlyMap<string, MintedKey>;

  constructor(name: string, args: AccountTrustArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:trust:Account", name, {}, opts);
    const { accountName, account, keys, secret, operator } = args;
    const mint = (suffix: string, kind: "account" | "user" | "userRoot", seedFrom?: string) =>
      new MintedKey(`${name}${suffix}`, { kind, keys, ...existingKey(keys, secret, seedFrom) }, { parent: this });
    const mintSigning = (suffix: string, seedFrom?: string) =>
      new MintedKey(
        `${name}${suffix}`,
        { kind: "account", keys, isSigningKey: true, ...existingKey(keys, secret, seedFrom) },
        { parent: this },
      );
    // Roles and users have no dots in their names, so that these names are all different.
    const identity = mint("", "account", account.seedFrom);
    const signing = mintSigning(".signing");
    const root = mint(".users", "userRoot");
    const roles = mapValues(account.roles, ({ seedFrom }, role) => mintSigning(`.role.${role}`, seedFrom));

    const claims = pulumi
      .output({
        identity: identity.publicKey,
        signing: signing.publicKey,
        roles: mapValues(roles, (key) => key.publicKey),
      })
      .apply((publicKeys) => accountClaimsOf(accountName, account, publicKeys));
    this.publicKey = identity.publicKey;
    this.jwt = new SignedJwt(`${name}.jwt`, { claims, signer: operator }, { parent: this }).jwt;
    this.#args = args;
    // A resource of its own for each of them: it is protected, so that nobody takes the seed out of the configuration
    // and finds the user with another key.
    this.#adoptedUsers = new Map(
      Object.entries(account.users).flatMap(([user, { seedFrom }]) =>
        seedFrom === undefined ? [] : [[user, mint(`.user.${user}`, "user", seedFrom)]],
      ),
    );
    this.#keys = { identity, signing, root, roles };
    this.registerOutputs({ publicKey: this.publicKey, jwt: this.jwt });
  }

  /** A user that the configuration names, and its credentials: a secret. Only with keys in the state. */
  user(name: string): pulumi.Output<IssuedUser> {
    const { role, rotation, tags } = this.#userNamed(name);
    return pulumi
      .all([this.#issuer(), this.#adopted(name)?.material])
      .apply(([issue, known]) => issue({ name, role, rotation, tags, seed: known }));
  }

  /** What the credentials of a user are made from. */
  credential(name: string): CredentialSource {
    const { role, rotation, tags } = this.#userNamed(name);
    const { identity, root } = this.#keys;
    const signer = this.#signerOf(name);
    const seed = this.#adopted(name)?.reference;
    return {
      user: { name, rotation, ...(role === undefined ? {} : { role }), ...(tags.length === 0 ? {} : { tags }) },
      account: identity.publicKey,
      issuedAt: root.mintedAt,
      root: root.reference,
      signer: signer.reference,
      ...(seed === undefined ? {} : { seed }),
    };
  }

  /** What decides a user's credentials: known in a preview as soon as the account's keys are there. */
  identify(name: string): Inputs<UserIdentity> {
    const { rotation, tags } = this.#userNamed(name);
    const { identity, root } = this.#keys;
    return {
      account: identity.publicKey,
      user: name,
      rotation,
      ...(tags.length === 0 ? {} : { tags }),
      root: root.publicKey,
      signer: this.#signerOf(name).publicKey,
      adopted: this.#adopted(name)?.publicKey,
      issuedAt: root.mintedAt,
    };
  }

  #signerOf(name: string): MintedKey {
    const { role } = this.#userNamed(name);
    const signer = role === undefined ? this.#keys.signing : this.#keys.roles[role];
    if (signer === undefined)
      throw new Error(`user ${name}: account ${this.#args.accountName} has no role ${String(role)}`);
    return signer;
  }

  /** The keys with which others make users of this account. */
  get issuerKeys(): IssuerKeys {
    return this.#keys;
  }

  #userNamed(name: string): User {
    const user = this.#args.account.users[name];
    if (user === undefined) throw new Error(`account ${this.#args.accountName} has no user ${name}`);
    return user;
  }

  /** An adopted seed is the user's first key; a rotation replaces it by a derived one. */
  #adopted(name: string): MintedKey | undefined {
    return this.#userNamed(name).rotation === 0 ? this.#adoptedUsers.get(name) : undefined;
  }

  /** The keys of the account, read once for all of its users. */
  #issuer(): pulumi.Output<IssueUser> {
    const { identity, root, signing, roles } = this.#keys;
    this.#issue ??= pulumi
      .output({
        account: identity.publicKey,
        root: root.material,
        mintedAt: root.mintedAt,
        signing: signing.material,
        roles: mapValues(roles, (key) => key.material),
      })
      .apply(issuerOf);
    return this.#issue;
  }
}

/** The keys with which an account makes users. */
export interface IssuerKeys {
  readonly identity: MintedKey;
  /** The plain signing key. */
  readonly signing: MintedKey;
  readonly root: MintedKey;
  /** The scoped signing keys by role. */
  readonly roles: Readonly<Record<string, MintedKey>>;
}

function mapValues<From, To>(
  map: Readonly<Record<string, From>>,
  to: (value: From, key: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, to(value, key)]));
}
