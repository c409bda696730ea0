import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../../config/schema.ts";
import type { PublicNkey } from "../../nats/nkeys.ts";
import type { IssuedUser } from "../../nats/users.ts";
import { MintedKey, SignedJwt } from "../../providers/resources.ts";
import { openLocation, type StoreSettings } from "../../providers/stores/store.ts";
import { accountClaimsOf } from "./claims.ts";
import { issuerOf, type IssueUser } from "./users.ts";

/** Gives the secret configuration value of that name. */
export type SecretValue = (name: string) => pulumi.Output<string>;

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
  readonly #issue: pulumi.Output<IssueUser>;
  readonly #adoptedUsers: ReadonlyMap<string, MintedKey>;

  constructor(name: string, args: AccountTrustArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:trust:Account", name, {}, opts);
    const { accountName, account, keys, secret, operator } = args;
    const mint = (suffix: string, kind: "account" | "user" | "userRoot", seedFrom?: string) =>
      new MintedKey(`${name}${suffix}`, { kind, keys, adopt: adopted(secret, seedFrom) }, { parent: this });
    // Roles and users have no dots in their names, so that these names are all different.
    const identity = mint("", "account", account.seedFrom);
    const signing = mint(".signing", "account");
    const root = mint(".users", "userRoot");
    const roles = mapValues(account.roles, ({ seedFrom }, role) => mint(`.role.${role}`, "account", seedFrom));

    const claims = pulumi
      .output({
        identity: identity.publicId,
        signing: signing.publicId,
        roles: mapValues(roles, (key) => key.publicId),
      })
      .apply((publicKeys) => accountClaimsOf(accountName, account, publicKeys));
    this.publicKey = identity.publicId;
    this.jwt = new SignedJwt(`${name}.jwt`, { claims, signer: operator }, { parent: this }).jwt;
    this.#args = args;
    // A resource of its own for each of them: it is protected, so that nobody takes the seed out of the configuration
    // and finds the user with another key.
    this.#adoptedUsers = new Map(
      Object.entries(account.users).flatMap(([user, { seedFrom }]) =>
        seedFrom === undefined ? [] : [[user, mint(`.user.${user}`, "user", seedFrom)]],
      ),
    );
    this.#issue = pulumi
      .output({
        account: identity.publicId,
        root: openLocation(root.location),
        mintedAt: root.mintedAt,
        signing: openLocation(signing.location),
        roles: mapValues(roles, (key) => openLocation(key.location)),
      })
      .apply(issuerOf);
    this.registerOutputs({ publicKey: this.publicKey, jwt: this.jwt });
  }

  /** A user that the configuration names, and its credentials: a secret. */
  user(name: string): pulumi.Output<IssuedUser> {
    const user = this.#args.account.users[name];
    if (user === undefined) throw new Error(`account ${this.#args.accountName} has no user ${name}`);
    const { role, rotation } = user;
    // An adopted seed is the user's first key; a rotation replaces it by a derived one.
    const first = rotation === 0 ? this.#adoptedUsers.get(name) : undefined;
    const seed = first === undefined ? undefined : openLocation(first.location);
    return pulumi.all([this.#issue, seed]).apply(([issue, known]) => issue({ name, role, rotation, seed: known }));
  }
}

/** The seed to adopt, where the configuration names one. */
export function adopted(secret: SecretValue, seedFrom: string | undefined): pulumi.Output<string> | undefined {
  return seedFrom === undefined ? undefined : secret(seedFrom);
}

function mapValues<From, To>(
  map: Readonly<Record<string, From>>,
  to: (value: From, key: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, to(value, key)]));
}
