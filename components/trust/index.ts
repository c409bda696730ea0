import * as pulumi from "@pulumi/pulumi";
import type { Account, Operator } from "../../config/schema.ts";
import type { PublicNkey } from "../../nats/nkeys.ts";
import type { IssuedUser } from "../../nats/users.ts";
import { MintedKey, SignedJwt, VaultDocument, type Inputs } from "../../providers/resources.ts";
import { accessOf, type StoreSettings, type VaultSettings } from "../../providers/stores/store.ts";
import { trustPath } from "../../providers/vault/paths.ts";
import type { ServerTrust } from "../cluster/index.ts";
import { trustDocument } from "../external-secrets/index.ts";
import { AccountTrust, type CredentialSource, type IssuerKeys, type UserIdentity } from "./account.ts";
import { existingKey, type SecretValue } from "./adoption.ts";
import { operatorClaimsOf } from "./claims.ts";

export type { IssuerKeys, UserIdentity } from "./account.ts";

/** What a {@link TrustChain} needs. */
export interface TrustChainArgs {
  operator: Operator;
  /** Accounts by name; SYS is one of them. */
  accounts: Readonly<Record<string, Account>>;
  keys: StoreSettings;
  /** Secret configuration values, for seeds that are adopted. */
  secret: SecretValue;
}

/** The system account, in which servers talk and are watched. */
const systemAccountName = "SYS";

/**
 * The operator, its accounts and their users: every key is minted once, every JWT signed once.
 *
 * The operator's identity signs nothing but the operator JWT. Two signing keys are in that JWT from its birth on, so
 * that a rotation of one of them does not touch the JWT, which would mean a restart of every server.
 */
export class TrustChain extends pulumi.ComponentResource {
  readonly operatorJwt: pulumi.Output<string>;
  /** What the operator is known by. */
  readonly operator: pulumi.Output<PublicNkey>;
  /** With keys in a Vault: the JWTs and public keys of operator and accounts, for others to read there. */
  readonly document: VaultDocument | undefined;
  readonly #accounts: ReadonlyMap<string, AccountTrust>;

  constructor(name: string, args: TrustChainArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:trust:TrustChain", name, {}, opts);
    const { keys, secret } = args;
    const existing = existingKey(keys, secret, args.operator.seedFrom);
    const identity = new MintedKey("operator", { kind: "operator", keys, ...existing }, { parent: this });
    const signingKey = (keyName: string) =>
      new MintedKey(keyName, { kind: "operator", keys, isSigningKey: true }, { parent: this });
    const signing = signingKey("operator.signing-1");
    const spare = signingKey("operator.signing-2");

    this.#accounts = new Map(
      Object.entries(args.accounts).map(([accountName, account]) => [
        accountName,
        new AccountTrust(
          `account.${accountName}`,
          { accountName, account, keys, secret, operator: signing },
          { parent: this },
        ),
      ]),
    );
    const claims = pulumi
      .output({
        publicKey: identity.publicKey,
        signingKeys: [signing.publicKey, spare.publicKey],
        systemAccount: this.account(systemAccountName).publicKey,
      })
      .apply((publicKeys) => operatorClaimsOf({ name: args.operator.name, ...publicKeys }));
    this.operator = identity.publicKey;
    this.operatorJwt = new SignedJwt("operator.jwt", { claims, signer: identity }, { parent: this }).jwt;
    this.document = keys.store === "vault" ? this.#publish(keys, identity) : undefined;
    this.registerOutputs({ operatorJwt: this.operatorJwt });
  }

  #publish(keys: VaultSettings, operator: MintedKey): VaultDocument {
    const accounts = [...this.#accounts].map(([name, { publicKey, jwt }]) =>
      pulumi.all([publicKey, jwt]).apply(([key, signed]) => [name, { publicKey: key, jwt: signed }] as const),
    );
    const fields = pulumi
      .all([operator.publicKey, this.operatorJwt, pulumi.all(accounts)])
      .apply(([publicKey, jwt, known]) => trustDocument({ publicKey, jwt }, Object.fromEntries(known)));
    const place = { vault: accessOf(keys), mount: keys.mount, path: trustPath(keys.path) };
    return new VaultDocument("trust.document", { place, fields }, { parent: this });
  }

  /** What servers have to know. */
  forServers(): ServerTrust {
    const accounts = [...this.#accounts.values()].map(({ publicKey, jwt }) => pulumi.all([publicKey, jwt]));
    return {
      operatorJwt: this.operatorJwt,
      systemAccount: this.account(systemAccountName).publicKey,
      accountJwts: pulumi.all(accounts).apply((entries) => Object.fromEntries(entries)),
    };
  }

  /** A user that the configuration names, and its credentials: a secret. Only with keys in the state. */
  user(account: string, user: string): pulumi.Output<IssuedUser> {
    return this.account(account).user(user);
  }

  /** What the credentials of a user are made from. */
  credential(account: string, user: string): CredentialSource {
    return this.account(account).credential(user);
  }

  /** What decides a user's credentials: nothing secret. */
  identify(account: string, user: string): Inputs<UserIdentity> {
    return this.account(account).identify(user);
  }

  /** The keys with which others make users of an account. */
  issuerKeys(account: string): IssuerKeys {
    return this.account(account).issuerKeys;
  }

  private account(name: string): AccountTrust {
    const account = this.#accounts.get(name);
    if (account === undefined) throw new Error(`there is no account ${name}`);
    return account;
  }
}
