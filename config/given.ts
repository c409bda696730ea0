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
  bearer: "a token without spaces and line breaks is needed here",
  foreignPassword: "a password that is not empty is needed here",
  privateKey: "a private key in PEM or of OpenSSH, without a passphrase, is needed here",
  tlsKey: "a private key in PEM, without a passphrase, is needed here",
} as const;

const words: Partial<Record<SeedUse["kind"], string>> = {
  ...{ password: "password", foreignPassword: "password", token: "token", bearer: "token" },
  ...{ privateKey: "private key", tlsKey: "private key" },
};

/** What is given, in words: seed, password, token or private key. */
export function wordFor({ kind }: Pick<SeedUse, "kind">): string {
  return words[kind] ?? "seed";
}

/** Why a value is not what it is to be, in words that don't repeat it. */
export function givenProblem(
  { kind, name, publicKey }: SeedUse,
  value: string,
): { found: string; allowed: string } | undefined {
  const wrong = wrongIn(kind, value);
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

function wrongIn(kind: SeedUse["kind"], value: string): string | undefined {
  if (kind === "password") return inPassword(value);
  if (kind === "token") return inToken(value);
  if (kind === "bearer") return /^[\x21-\x7e]+$/.test(value) ? undefined : IS_NONE;
  if (kind === "foreignPassword") return value.trim() === "" ? IS_NONE : undefined;
  if (kind === "tlsKey") return inPrivateKey(value.replace(curve, ""));
  return kind === "privateKey" ? inPrivateKey(value) : inSeed(kind, value);
}

/** What `openssl ecparam -genkey` writes before the key; readers of TLS keys skip it. */
const curve = /^\s*-----BEGIN EC PARAMETERS-----\r?\n[\w+/=\s]+-----END EC PARAMETERS-----\r?\n/;

/** Neither git nor an API server's client can be asked for a passphrase. */
function inPrivateKey(value: string): string | undefined {
  const [, first = "", last] =
    /^\s*-----BEGIN ((?:[A-Z0-9]+ )?PRIVATE KEY)-----\r?\n[\s\S]+\n-----END ([A-Z0-9 ]+)-----\s*$/.exec(value) ?? [];
  if (last === undefined || first !== last) return IS_NONE;
  const isEncrypted = first.startsWith("ENCRYPTED") || /^Proc-Type: 4,ENCRYPTED/m.test(value) || hasPassphrase(value);
  return isEncrypted ? "a private key with a passphrase" : undefined;
}

/** OpenSSH's own format says what it is encrypted with: its name and its length follow a magic of 15 bytes. */
function hasPassphrase(value: string): boolean {
  const body = Buffer.from(value.replace(/-----[A-Z ]+-----/g, ""), "base64");
  return body.subarray(0, 15).toString("latin1") === "openssh-key-v1\0" && body.subarray(19, 23).toString() !== "none";
}

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
