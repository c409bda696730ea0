import { credentialFields, type ConnectionFields, type CredentialFormat } from "../nats/credential-fields.ts";
import type { PublicNkey, Seed } from "../nats/nkeys.ts";
import { issueUserSlowly, userIssuer } from "../nats/users.ts";
import { signerAt } from "./signers.ts";
import { open } from "./stores/keep.ts";
import type { ReachableLocation } from "./stores/store.ts";
import { published } from "./vault-fields.ts";
import type { KvPlace } from "./vault/kv.ts";

/** One user's credentials for one place in Vault. */
export interface CredentialInputs {
  readonly place: KvPlace;
  readonly user: {
    readonly name: string;
    readonly rotation: number;
    /** Absent: the user may do all that its account may. */
    readonly role?: string | undefined;
    /** Absent: none. */
    readonly tags?: readonly string[] | undefined;
  };
  readonly account: PublicNkey;
  /** `iat` of the user's JWT, in whole seconds since 1970. */
  readonly issuedAt: number;
  /** The account's user root: its fingerprint, and where it is. */
  readonly root: KeyReference;
  /** The key that signs for the role, or the account's plain signing key. */
  readonly signer: KeyReference;
  /** The key that the user already has, instead of a derived one. */
  readonly seed?: KeyReference | undefined;
  /** What stands beside the credentials in the secret. */
  readonly beside: ConnectionFields;
  /** Absent: `creds`, which was the only one once, and every state from then goes without it. */
  readonly format?: CredentialFormat | undefined;
}

/** A key by the name that it is known by, and where it is. */
export interface KeyReference {
  readonly publicId: string;
  /** Secret. */
  readonly location: ReachableLocation;
}

/**
 * Derives a user's key, signs its JWT and writes both into Vault, all in the provider's process: neither the program nor the state
 * ever has them.
 */
export const credentialProvider = published<CredentialInputs, { publicKey: PublicNkey }>(
  ({ user, account, issuedAt, root, signer, seed, beside, format = "creds" }) => ({
    user,
    account,
    issuedAt,
    root: root.publicId,
    signer: signer.publicId,
    seed: seed?.publicId ?? "",
    beside,
    // The hash of a request for `creds` is in states that know no other format.
    ...(format === "creds" ? {} : { format }),
  }),
  async ({ user, account, issuedAt, root, signer, seed, beside, format = "creds" }) => {
    const issuer = userIssuer(account, Buffer.from(await open(root.location), "base64url"));
    const issued = await issueUserSlowly(issuer, {
      name: user.name,
      rotation: user.rotation,
      signer: await signerAt(signer.location),
      issuedAt,
      ...(user.role === undefined ? { own: {} } : {}),
      ...(user.tags === undefined ? {} : { tags: [...user.tags] }),
      ...(seed === undefined ? {} : { seed: (await open(seed.location)) as Seed }),
    });
    return { fields: credentialFields(format, issued, beside), more: { publicKey: issued.publicKey } };
  },
);
