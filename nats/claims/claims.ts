import type { PublicNkey } from "../nkeys.ts";
import type { AccountClaims } from "./account.ts";
import type { OperatorClaims } from "./operator.ts";
import type { UserClaims } from "./user.ts";

/** What every claim says about itself, in the words of the wire. Times are whole seconds since 1970. */
export interface ClaimsBase {
  /** The key that the claim is about. */
  sub: PublicNkey;
  name?: string;
  aud?: string;
  /** Not valid from this second on. */
  exp?: number;
  /** Not valid before this second. */
  nbf?: number;
}

/** What signing adds. */
export interface Issued {
  /** The key that signed. */
  iss: PublicNkey;
  /** When, in whole seconds since 1970. */
  iat: number;
  /** Hash over everything else in the claim, so two different claims never share it. */
  jti: string;
}

/** A claim of one of the three kinds that make the chain of trust. */
export type Claims = OperatorClaims | AccountClaims | UserClaims;
