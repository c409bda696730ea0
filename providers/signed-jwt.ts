import type { Claims } from "../nats/jwt.ts";
import { claimsHash, signJwtSlowly } from "../nats/jwt.ts";
import type { PublicNkey } from "../nats/nkeys.ts";
import { isUnknown, type Provider } from "./provider.ts";
import { signerAt } from "./signers.ts";
import type { ReachableLocation } from "./stores/store.ts";

/** What is to be signed, and with what. */
export interface SignedJwtInputs {
  readonly claims: Claims;
  /** Public key of the signer. */
  readonly issuer: PublicNkey;
  /** Where the signer is. Secret. */
  readonly signer: ReachableLocation;
}

/** A signed JWT, and what tells whether it has to be signed again. */
export interface SignedJwtOutputs {
  readonly jwt: string;
  readonly issuer: PublicNkey;
  /** `iat`: whole seconds since 1970. */
  readonly issuedAt: number;
  readonly claimsHash: string;
}

/** Signs claims once, and again only when the claims or the signer change; then with a later `iat`. */
export const signedJwtProvider: Provider<SignedJwtInputs, SignedJwtOutputs> = {
  check: (_olds, news) => Promise.resolve({ inputs: news }),

  diff(_id, olds, news) {
    const changes =
      isUnknown(news.claims) || isUnknown(news.issuer) || claimsHash(news.claims, news.issuer) !== olds.claimsHash;
    return Promise.resolve({ changes });
  },

  async create(inputs) {
    return { id: inputs.claims.sub, outs: await sign(inputs, now()) };
  },

  read: (id, props) => Promise.resolve(props === undefined ? { id } : { id, props }),

  async update(_id, olds, news) {
    // A server prefers the newer `iat`, and two JWTs of one second are in no order at all (knowledge: nats-server's
    // saveIfNewer), so that a clock that went back must not take `iat` with it.
    return { outs: await sign(news, Math.max(now(), olds.issuedAt + 1)) };
  },

  delete: () => Promise.resolve(),
};

async function sign({ claims, issuer, signer }: SignedJwtInputs, issuedAt: number): Promise<SignedJwtOutputs> {
  const jwt = await signJwtSlowly(claims, await signerAt(signer), issuedAt);
  return { jwt, issuer, issuedAt, claimsHash: claimsHash(claims, issuer) };
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}
