import { createHmac, createSecretKey, type KeyObject } from "node:crypto";

import { scopedUserClaims, userClaims, type UserClaims } from "./claims/user.ts";
import { formatCreds } from "./creds.ts";
import { signJwt, signJwtSlowly, type SlowSigner } from "./jwt.ts";
import { decodePublic, encodeSeed, publicKeyOf, type PublicNkey, type Seed, type Signer } from "./nkeys.ts";

/** Which user of which account, and which of that user's keys. */
export interface UserKeyId {
  account: PublicNkey;
  user: string;
  /** 0 for the first key; a rotation adds one. */
  rotation: number;
}

/** Bytes that a user root must have, no fewer and no more. */
export const ROOT_BYTES = 32;

const LARGEST_ROTATION = 0xffffffff;

/**
 * The seed of a user, by HKDF-SHA256 (RFC 5869) from the account's user root: no salt, and as info the lines
 * `nats-platform/user/v1`, account, rotation, user, joined by line feeds. No line but the last can hold a line feed,
 * so no two users share an info. This layout never changes, or every user would lose its key.
 */
export function deriveUserSeed(root: Uint8Array, user: UserKeyId): Seed {
  return userIssuer(user.account, root).seedOf(user.user, user.rotation);
}

/** What an account needs to make users, ready for many of them. */
export interface UserIssuer {
  readonly account: PublicNkey;
  /** The seed that a user's name and rotation lead to. */
  seedOf(user: string, rotation: number): Seed;
}

/** Does once what is the same for all users of an account. @param root the account's user root */
export function userIssuer(account: PublicNkey, root: Uint8Array): UserIssuer {
  if (decodePublic(account).kind !== "account")
    throw new TypeError("users belong to an account, so its public key must be given");
  const key = extract(root);
  return { account, seedOf: (user, rotation) => expandSeed(key, { account, user, rotation }) };
}

/** A user to be made. */
export interface NewUser {
  name: string;
  /** 0 for the first key; a rotation adds one. */
  rotation: number;
  /** Whole seconds since 1970. */
  issuedAt: number;
  /** Permissions and limits of its own, when the signer is not scoped; what is not given is unlimited. */
  own?: Omit<UserClaims["nats"], "type" | "version" | "issuer_account" | "tags">;
  tags?: string[];
  /** Whole seconds since 1970. */
  expiresAt?: number;
  /** A key that the user already has, instead of the derived one. */
  seed?: Seed;
}

/** A user that can connect. */
export interface IssuedUser {
  name: string;
  publicKey: PublicNkey;
  jwt: string;
  /** Secret. */
  seed: Seed;
  /** The credentials file. Secret. */
  creds: string;
}

/**
 * Derives a user's key, signs its JWT and writes its credentials file.
 *
 * @param user.signer the account's scoped signing key of the user's role, or a plain one
 * @throws ClaimsError
 */
export function issueUser(issuer: UserIssuer, { signer, ...user }: NewUser & { signer: Signer }): IssuedUser {
  const { publicKey, seed, claims } = unsignedUser(issuer, user, signer);
  const jwt = signJwt(claims, signer, user.issuedAt);
  return { name: user.name, publicKey, jwt, seed, creds: formatCreds(jwt, seed) };
}

/** {@link issueUser} with a signer that takes its time. */
export async function issueUserSlowly(
  issuer: UserIssuer,
  { signer, ...user }: NewUser & { signer: Signer | SlowSigner },
): Promise<IssuedUser> {
  const { publicKey, seed, claims } = unsignedUser(issuer, user, signer);
  const jwt = await signJwtSlowly(claims, signer, user.issuedAt);
  return { name: user.name, publicKey, jwt, seed, creds: formatCreds(jwt, seed) };
}

function unsignedUser(
  issuer: UserIssuer,
  user: NewUser,
  signer: Pick<Signer, "publicKey">,
): { publicKey: PublicNkey; seed: Seed; claims: UserClaims } {
  const seed = user.seed ?? issuer.seedOf(user.name, user.rotation);
  const publicKey = publicKeyOf(seed);
  const base = {
    sub: publicKey,
    name: user.name,
    ...(user.expiresAt === undefined ? {} : { exp: user.expiresAt }),
  };
  const tags = user.tags === undefined ? {} : { tags: user.tags };
  // The account's identity signs in its own name; every other key must say for whom.
  const on = signer.publicKey === issuer.account ? {} : { issuer_account: issuer.account };
  const claims =
    user.own === undefined
      ? scopedUserClaims({ ...base, nats: { issuer_account: issuer.account, ...tags } })
      : userClaims({ ...base, nats: { ...user.own, ...tags, ...on } });
  return { publicKey, seed, claims };
}

/** HKDF-Extract: HMAC with an empty salt as its key. A key object makes each later HMAC five times faster than raw bytes. */
function extract(root: Uint8Array): KeyObject {
  if (root.length !== ROOT_BYTES) throw new RangeError(`a user root has ${ROOT_BYTES} bytes, not ${root.length}`);
  return createSecretKey(createHmac("sha256", "").update(root).digest());
}

/** HKDF-Expand, whose first block is already the 32 bytes that a seed is made of. */
function expandSeed(key: KeyObject, { account, user, rotation }: UserKeyId): Seed {
  if (!Number.isInteger(rotation) || rotation < 0 || rotation > LARGEST_ROTATION)
    throw new RangeError(`a rotation is a whole number from 0 to ${LARGEST_ROTATION}, not ${rotation}`);
  if (user === "" || !user.isWellFormed()) throw new TypeError("a user's name is valid Unicode text, and not empty");
  const info = `nats-platform/user/v1\n${account}\n${rotation}\n${user}`;
  return encodeSeed("user", createHmac("sha256", key).update(info).update("\u0001").digest());
}
