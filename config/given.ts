import { expiredAt, isCompactJwt } from "../nats/jwt-times.ts";
import { decodeSeed, publicKeyOf, type Seed } from "../nats/nkeys.ts";
import type { SeedUse } from "./seed-uses.ts";

const needed = {
  operator: "an operator seed (SO…) is needed here",
  account: "an account seed (SA…) is needed here",
  user: "a user seed (SU…) is needed here",
  nkey: "a user seed (SU…) or an account seed (SA…) is needed here",
  password: "a password of 1 to 1024 characters without line breaks is needed here",
  token: "a JWT that has not expired is needed here",
} as const;

/** What is given, in a word: seed, password or token. */
export function wordFor({ kind }: Pick<SeedUse, "kind">): string {
  return kind === "password" || kind === "token" ? kind : "seed";
}

/** Why a value is not what it is to be, in words that don't repeat it. */
export function givenProblem(
  { kind, name, publicKey }: SeedUse,
  value: string,
): { found: string; allowed: string } | undefined {
  const wrong = kind === "password" ? inPassword(value) : kind === "token" ? inToken(value) : inSeed(kind, value);
  if (wrong !== undefined) {
    const found =
      wrong === IS_NONE ? `a value in ${name} that is no ${wordFor({ kind })} (not shown)` : `${wrong} in ${name}`;
    return { found, allowed: needed[kind] };
  }
  if (publicKey === undefined || publicKeyOf(value as Seed) === publicKey) return undefined;
  return { found: `the seed of ${publicKeyOf(value as Seed)} in ${name}`, allowed: `publicKey says ${publicKey}` };
}

/** A value that has not even the form. */
const IS_NONE = "";

function inSeed(kind: string, value: string): string | undefined {
  try {
    const found = decodeSeed(value).kind;
    const isFit = found === kind || (kind === "nkey" && (found === "user" || found === "account"));
    return isFit ? undefined : `the seed of another kind (${found})`;
  } catch {
    return IS_NONE;
  }
}

function inPassword(value: string): string | undefined {
  return /^[^\r\n]{1,1024}$/.test(value) ? undefined : IS_NONE;
}

function inToken(value: string): string | undefined {
  if (!isCompactJwt(value)) return IS_NONE;
  const end = expiredAt(value);
  return end === undefined ? undefined : `a token that expired at ${end}`;
}
