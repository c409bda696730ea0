import { z } from "zod";
import { Trouble } from "../../tools/project.ts";
import type { PublicNkey } from "../../nats/nkeys.ts";
import type { WishId } from "./wish.ts";

/** A user that was made for a place. */
export interface Held extends WishId {
  /** Public key of the account: its name may be another one's later. */
  readonly accountKey: PublicNkey;
  readonly user: PublicNkey;
  /** The region's rotation at that time. */
  readonly rotation: number;
}

/** What is recorded of a place, for ever: its users' keys must not come again. */
export interface LedgerEntry {
  /** How many users of this place have been withdrawn. */
  readonly generation: number;
  /** The user that has been handed out and not been withdrawn. */
  readonly held?: Held;
}

const publicKey = z
  .string()
  .regex(/^[AU][A-Z2-7]{55}$/)
  .transform((text) => text as PublicNkey);

const wire = z.strictObject({
  generation: z.int().min(0),
  held: z
    .strictObject({
      account: z.string(),
      role: z.string().exactOptional(),
      own: z.string().exactOptional(),
      accountKey: publicKey,
      user: publicKey,
      rotation: z.int().min(0),
    })
    .exactOptional(),
});

/** An entry as it stands in a ConfigMap. */
export function encodeEntry({ generation, held }: LedgerEntry): string {
  return JSON.stringify({ generation, ...(held === undefined ? {} : { held }) });
}

/** Reads an entry. @param where what the text is, in the words of errors @throws Trouble */
export function decodeEntry(text: string, where: string): LedgerEntry {
  const result = wire.safeParse(parsed(text));
  if (result.success) return result.data;
  const found = result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
  throw new Trouble(
    `${where}: found something else than this controller writes (${found}). Without the entry a withdrawn key might be handed out again: restore it, or take it out and raise discovery.rotation`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
