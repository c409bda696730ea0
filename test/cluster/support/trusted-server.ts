import { randomBytes } from "node:crypto";
import { accountClaims } from "../../../nats/claims/account.ts";
import { operatorClaims } from "../../../nats/claims/operator.ts";
import { signJwt } from "../../../nats/jwt.ts";
import { encodeSeed, signerOf, type KeyKind } from "../../../nats/nkeys.ts";
import { issueUser, ROOT_BYTES, userIssuer } from "../../../nats/users.ts";
import { startJwtServer } from "../../support/jwt-server.ts";
import type { Signed } from "../../../components/external-secrets/index.ts";

/** A nats-server in operator mode, with the accounts SYS and SERVICES. */
export interface TrustedServer {
  readonly url: string;
  readonly operator: Signed;
  readonly accounts: Readonly<Record<"SYS" | "SERVICES", Signed>>;
  /** The creds file of a user of SERVICES who may do everything. */
  credsOf(user: string, rotation?: number): string;
  stop(): Promise<void>;
}

/** Mints a trust chain and starts a server that knows it on a free port of this machine. */
export async function startTrustedServer(folder: string): Promise<TrustedServer> {
  const mint = (kind: KeyKind) => signerOf(encodeSeed(kind, randomBytes(32)));
  const now = Math.floor(Date.now() / 1000);
  const [operator, operatorSigning, accountSigning] = [mint("operator"), mint("operator"), mint("account")];
  const account = (name: string, signing: string[] = []): Signed => {
    const { publicKey } = mint("account");
    const claims = accountClaims({ sub: publicKey, name, nats: { signing_keys: signing as (typeof publicKey)[] } });
    return { publicKey, jwt: signJwt(claims, operatorSigning, now) };
  };
  const accounts = { SYS: account("SYS"), SERVICES: account("SERVICES", [accountSigning.publicKey]) };
  const nats = { signing_keys: [operatorSigning.publicKey], strict_signing_key_usage: true };
  const operatorJwt = signJwt(operatorClaims({ sub: operator.publicKey, name: "ring", nats }), operator, now);

  const server = await startJwtServer(folder, {
    operatorJwt,
    systemAccount: accounts.SYS.publicKey,
    accounts: Object.fromEntries(Object.values(accounts).map(({ publicKey, jwt }) => [publicKey, jwt])),
  });
  const issuer = userIssuer(accounts.SERVICES.publicKey as typeof operator.publicKey, randomBytes(ROOT_BYTES));
  return {
    ...server,
    operator: { publicKey: operator.publicKey, jwt: operatorJwt },
    accounts,
    credsOf: (name, rotation = 0) =>
      issueUser(issuer, { name, rotation, signer: accountSigning, issuedAt: now, own: {} }).creds,
  };
}
