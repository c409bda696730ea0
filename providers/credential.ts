import type { PublicNkey, Seed } from "../nats/nkeys.ts";
import { issueUserSlowly, userIssuer } from "../nats/users.ts";
import { signerAt } from "./signers.ts";
import { open } from "./stores/keep.ts";
import type { ReachableLocation } from "./stores/store.ts";
import { published } from "./vault-fields.ts";
import type { Fields } from "./vault/document.ts";
import type { KvPlace } from "./vault/kv.ts";

/** One user's credentials for one place in Vault. */
export interface CredentialInputs {
  readonly place: KvPlace;
  readonly user: {
    readonly name: string;
    readonly rotation: number;
    /** Absent: the user may do all that its account may. */
    readonly role?: string | undefined;
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
  /** What stands beside the creds file in the secret. */
  readonly beside: Fields;
}

/** A key by the name that it is known by, and where it is. */
export interface KeyReference {
  readonly publicId: string;
  /** Secret. */
  readonly location: ReachableLocation;
}

/** Field of the creds file, in Vault and in the Kubernetes Secret. */
const CREDS = "nats.creds";

/**
 * Derives a user's key, signs its JWT and writes both into Vault, all in the provider's process: neither the program nor the state
 * ever has them.
 */
export const credentialProvider = published<CredentialInputs, { publicKey: PublicNkey }>(
  ({ user, account, issuedAt, root, signer, seed, beside }) => ({
    user,
    account,
    issuedAt,
    root: root.publicId,
    signer: signer.publicId,
    seed: seed?.publicId ?? "",
    beside,
  }),
  async ({ user, account, issuedAt, root, signer, seed, beside }) => {
    const issuer = userIssuer(account, Buffer.from(await open(root.location), "base64url"));
    const { publicKey, creds } = await issueUserSlowly(issuer, {
      name: user.name,
      rotation: user.rotation,
      signer: await signerAt(signer.location),
      issuedAt,
      ...(user.role === undefined ? { own: {} } : {}),
      ...(seed === undefined ? {} : { seed: (await open(seed.location)) as Seed }),
    });
    return { fields: { ...beside, [CREDS]: creds }, more: { publicKey } };
  },
);
