import type { PublicNkey } from "../nats/nkeys.ts";
import { isUnknown, type Provider } from "./provider.ts";

/** Credentials that have been given to somebody. Nothing of it is secret. */
export interface IssuedCredential {
  /** Name of the account. */
  readonly account: string;
  readonly accountKey: PublicNkey;
  /** Name of the user. */
  readonly user: string;
  readonly rotation: number;
  readonly publicKey: PublicNkey;
}

/** Credentials that nobody is given any more, and that still connect until they are revoked. */
export interface WithdrawnCredential {
  readonly account: string;
  readonly accountKey: PublicNkey;
  readonly user: string;
  readonly publicKey: PublicNkey;
  /** When the withdrawal was noticed, in whole seconds since 1970. */
  readonly since: number;
}

/** What is issued now, and what was issued once. */
export interface WithdrawnInputs {
  readonly users: readonly IssuedCredential[];
  /** Set by `check` alone. */
  readonly withdrawn?: readonly IssuedCredential[];
}

/** What the state remembers. */
export interface WithdrawnOutputs {
  readonly toRevoke: readonly WithdrawnCredential[];
}

/**
 * Notices credentials that were issued and are so no more. What was issued stands in the inputs of the last update, which the engine
 * keeps even where nothing changed (Pulumi 3.259: a "same" step takes the new inputs and the old outputs), so that new credentials alone
 * are no change of this resource.
 */
export const withdrawnProvider: Provider<WithdrawnInputs, WithdrawnOutputs> = {
  check(olds, news) {
    // Before the first update there are no inputs at all.
    const last: Partial<WithdrawnInputs> = olds;
    const before = [...(last.withdrawn ?? []), ...(last.users ?? [])].filter(hasKey);
    const users = withKnownKeys(news.users, before);
    return Promise.resolve({ inputs: { ...news, users, withdrawn: withdrawnBetween(before, users) } });
  },

  diff(_id, olds, { withdrawn = [] }) {
    const last = new Set(olds.toRevoke.map(({ publicKey }) => publicKey));
    const changes = last.size !== withdrawn.length || withdrawn.some(({ publicKey }) => !last.has(publicKey));
    return Promise.resolve({ changes });
  },

  create: (inputs) => Promise.resolve({ id: "withdrawn", outs: { toRevoke: noted([], inputs) } }),

  read: (id, props) => Promise.resolve(props === undefined ? { id } : { id, props }),

  update: (_id, olds, news) => Promise.resolve({ outs: { toRevoke: noted(olds.toRevoke, news) } }),

  delete: () => Promise.resolve(),
};

/**
 * A preview may not know a key that is about to be written anew, nor may an update from which that was left out (`--exclude`): the same
 * user and rotation have the key that they had.
 */
function withKnownKeys(
  users: readonly IssuedCredential[],
  before: readonly IssuedCredential[],
): readonly IssuedCredential[] {
  const known = new Map(before.map((it) => [rotationOf(it), it.publicKey]));
  return users.map((it) => (hasKey(it) ? it : { ...it, publicKey: known.get(rotationOf(it)) ?? it.publicKey }));
}

function hasKey({ publicKey }: IssuedCredential): boolean {
  return typeof publicKey === "string" && !isUnknown(publicKey);
}

/** All that was issued or withdrawn before, and is not issued now; each key once, the oldest first. */
function withdrawnBetween(
  before: readonly IssuedCredential[],
  users: readonly IssuedCredential[],
): readonly IssuedCredential[] {
  const keys = new Set(users.map(({ publicKey }) => publicKey));
  const gone = before.filter(({ publicKey }) => !keys.has(publicKey));
  return [...new Map(gone.map((it) => [it.publicKey, it])).values()];
}

function rotationOf({ account, user, rotation }: IssuedCredential): string {
  return `${account}/${user}/${String(rotation)}`;
}

/** What has been withdrawn keeps the time at which it was. */
function noted(last: readonly WithdrawnCredential[], { withdrawn = [] }: WithdrawnInputs): WithdrawnCredential[] {
  const known = new Map(last.map((it) => [it.publicKey, it]));
  const since = Math.floor(Date.now() / 1000);
  return withdrawn.map(({ rotation: _, ...it }) => known.get(it.publicKey) ?? { ...it, since });
}
