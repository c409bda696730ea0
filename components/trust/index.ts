import * as pulumi from "@pulumi/pulumi";
import type { Account, Operator } from "../../config/schema.ts";
import type { IssuedUser } from "../../nats/users.ts";
import { MintedKey, SignedJwt } from "../../providers/resources.ts";
import type { StoreSettings } from "../../providers/stores/store.ts";
import type { ServerTrust } from "../cluster/index.ts";
import { AccountTrust, adopted, type SecretValue } from "./account.ts";
import { operatorClaimsOf } from "./claims.ts";

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
  readonly #accounts: ReadonlyMap<string, AccountTrust>;

  constructor(name: string, args: TrustChainArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:trust:TrustChain", name, {}, opts);
    const { keys, secret } = args;
    const mint = (keyName: string, seedFrom?: string) =>
      new MintedKey(keyName, { kind: "operator", keys, adopt: adopted(secret, seedFrom) }, { parent: this });
    const identity = mint("operator", args.operator.seedFrom);
    const signing = mint("operator.signing-1");
    const spare = mint("operator.signing-2");

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
        publicKey: identity.publicId,
        signingKeys: [signing.publicId, spare.publicId],
        systemAccount: this.account(systemAccountName).publicKey,
      })
      .apply((publicKeys) => operatorClaimsOf({ name: args.operator.name, ...publicKeys }));
    this.operatorJwt = new SignedJwt("operator.jwt", { claims, signer: identity }, { parent: this }).jwt;
    this.registerOutputs({ operatorJwt: this.operatorJwt });
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

  /** A user that the configuration names, and its credentials: a secret. */
  user(account: string, user: string): pulumi.Output<IssuedUser> {
    return this.account(account).user(user);
  }

  private account(name: string): AccountTrust {
    const account = this.#accounts.get(name);
    if (account === undefined) throw new Error(`there is no account ${name}`);
    return account;
  }
}
