import type { PublicNkey, Seed } from "../../nats/nkeys.ts";
import { signerOf } from "../../nats/nkeys.ts";
import { issueUser, userIssuer, type IssuedUser } from "../../nats/users.ts";

/** All that an account's users are made from. Secret. */
export interface UserMaterial {
  account: PublicNkey;
  /** 32 bytes as base64url. */
  root: string;
  /** When the root was minted: the `iat` of every user, in whole seconds since 1970. */
  mintedAt: number;
  /** Seed of the plain signing key. */
  signing: string;
  /** Seeds of the scoped signing keys by role. */
  roles: Readonly<Record<string, string>>;
}

/** Which user is wanted. */
export interface UserRequest {
  name: string;
  /** Absent: the user may do all that its account may. */
  role?: string | undefined;
  rotation: number;
  tags: readonly string[];
  /** A seed that the user already has. */
  seed?: string | undefined;
}

/** Makes users of one account. The same request gives the same user, to the byte, for as long as the account lives. */
export type IssueUser = (user: UserRequest) => IssuedUser;

/** Reads an account's keys once, for any number of users. */
export function issuerOf({ account, root, mintedAt, signing, roles }: UserMaterial): IssueUser {
  const issuer = userIssuer(account, Buffer.from(root, "base64url"));
  const plain = signerOf(signing as Seed);
  const scoped = new Map(Object.entries(roles).map(([role, seed]) => [role, signerOf(seed as Seed)]));
  return ({ name, role, rotation, tags, seed }) => {
    const signer = role === undefined ? plain : scoped.get(role);
    if (signer === undefined)
      throw new Error(`user ${name}: found role ${String(role)}, but the account has no such role`);
    return issueUser(issuer, {
      name,
      rotation,
      signer,
      issuedAt: mintedAt,
      ...(role === undefined ? { own: {} } : {}),
      ...(tags.length === 0 ? {} : { tags: [...tags] }),
      ...(seed === undefined ? {} : { seed: seed as Seed }),
    });
  };
}
