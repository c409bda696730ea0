import { decodeBase32, encodeBase32 } from "./base32.ts";
import { crc16 } from "./crc16.ts";
import { curvePublicKey, signingKey } from "./ed25519.ts";

declare const brand: unique symbol;

/** A private key as text (`SO…`, `SA…`, `SU…`, 58 characters). Secret: it must not reach a log line or an error. */
export type Seed = string & { readonly [brand]: "seed" };

/** A public key as text (`O…`, `A…`, `U…`, 56 characters). */
export type PublicNkey = string & { readonly [brand]: "public" };

/** What a key is for; its first letter tells. */
export type KeyKind = "operator" | "account" | "user" | "server" | "cluster" | "curve";

/** Prefix bytes; shifted so that base32 shows the letter O, A, U, N, C or X. */
const PREFIXES: Record<KeyKind, number> = {
  operator: 14 << 3,
  account: 0,
  user: 20 << 3,
  server: 13 << 3,
  cluster: 2 << 3,
  curve: 23 << 3,
};
const KINDS = new Map(Object.entries(PREFIXES).map(([kind, prefix]) => [prefix, kind as KeyKind]));
const SEED_PREFIX = 18 << 3;

const KEY_BYTES = 32;
const SEED_LENGTH = 58;
const PUBLIC_LENGTH = 56;

/** A text that is not the key it should be. The message says why, and never contains the text. */
export class NkeyError extends Error {
  override readonly name = "NkeyError";
}

/** The text of a private key. @throws NkeyError when `raw` is not 32 bytes. */
export function encodeSeed(kind: KeyKind, raw: Uint8Array): Seed {
  const prefix = PREFIXES[kind];
  // The kind's five bits stand across the first two bytes, so that base32 shows them as the second letter.
  return encode("seed", [SEED_PREFIX | (prefix >> 5), (prefix & 31) << 3], raw) as Seed;
}

/** The text of a public key. @throws NkeyError when `raw` is not 32 bytes. */
export function encodePublic(kind: KeyKind, raw: Uint8Array): PublicNkey {
  return encode("public key", [PREFIXES[kind]], raw) as PublicNkey;
}

/** Reads a private key. @throws NkeyError that says what is wrong without showing any of it. */
export function decodeSeed(text: string): { kind: KeyKind; raw: Uint8Array } {
  const bytes = decode("seed", text, SEED_LENGTH);
  const [first = 0, second = 0] = bytes;
  if ((first & 0xf8) !== SEED_PREFIX)
    throw new NkeyError(`not a seed: it starts with the wrong letter; a seed starts with S`);
  const kind = KINDS.get(((first & 7) << 5) | (second >> 3));
  if (kind === undefined || (second & 7) !== 0) {
    throw new NkeyError("not a seed: its second letter names no kind of key; allowed are SO, SA, SU, SN, SC and SX");
  }
  return { kind, raw: bytes.subarray(2, 2 + KEY_BYTES) };
}

/** Reads a public key. @throws NkeyError that says what is wrong without showing the text (it might be a seed by mistake). */
export function decodePublic(text: string): { kind: KeyKind; raw: Uint8Array } {
  if (text.length === SEED_LENGTH && /^S/i.test(text)) {
    throw new NkeyError("not a public key: this looks like a seed, which must stay secret");
  }
  const bytes = decode("public key", text, PUBLIC_LENGTH);
  const kind = KINDS.get(bytes[0] ?? -1);
  if (kind === undefined) {
    throw new NkeyError("not a public key: its first letter names no kind of key; allowed are O, A, U, N, C and X");
  }
  return { kind, raw: bytes.subarray(1, 1 + KEY_BYTES) };
}

/** The public key of a private one. Takes about 35 µs. @throws NkeyError */
export function publicKeyOf(seed: Seed): PublicNkey {
  const { kind, raw } = decodeSeed(seed);
  return encodePublic(kind, kind === "curve" ? curvePublicKey(raw) : signingKey(raw).publicKey);
}

/** Something that signs in the name of a public key: a seed in memory, or a key that lives elsewhere. */
export interface Signer {
  readonly kind: KeyKind;
  readonly publicKey: PublicNkey;
  sign(message: Uint8Array): Uint8Array;
}

/** A signer that keeps the expanded private key in memory, so make it once and sign often. @throws NkeyError, also for a curve key */
export function signerOf(seed: Seed): Signer {
  const { kind, raw } = decodeSeed(seed);
  if (kind === "curve")
    throw new NkeyError(
      "a curve key encrypts and cannot sign; allowed are operator, account, user, server and cluster keys",
    );
  const key = signingKey(raw);
  return { kind, publicKey: encodePublic(kind, key.publicKey), sign: (message) => key.sign(message) };
}

function encode(what: string, prefix: readonly number[], raw: Uint8Array): string {
  if (raw.length !== KEY_BYTES) throw new NkeyError(`a ${what} is made of ${KEY_BYTES} bytes, not of ${raw.length}`);
  const bytes = new Uint8Array(prefix.length + KEY_BYTES + 2);
  bytes.set(prefix);
  bytes.set(raw, prefix.length);
  const checked = prefix.length + KEY_BYTES;
  const checksum = crc16(bytes.subarray(0, checked));
  bytes[checked] = checksum & 0xff;
  bytes[checked + 1] = checksum >>> 8;
  return encodeBase32(bytes);
}

function decode(what: string, text: string, length: number): Uint8Array {
  if (text.length !== length) {
    const spaces = text.trim() === text ? "" : " (there is white space around it)";
    throw new NkeyError(`not a ${what}: it has ${text.length} characters, not ${length}${spaces}`);
  }
  const bytes = decodeBase32(text);
  if (bytes === undefined) throw new NkeyError(`not a ${what}: ${spellingProblem(text)}`);
  const checked = bytes.length - 2;
  const checksum = (bytes[checked] ?? 0) | ((bytes[checked + 1] ?? 0) << 8);
  if (crc16(bytes.subarray(0, checked)) !== checksum)
    throw new NkeyError(`not a ${what}: its checksum is wrong, so a character was mistyped or lost`);
  return bytes;
}

function spellingProblem(text: string): string {
  if (/[a-z]/.test(text)) return "it has lower-case letters; keys are written in upper case";
  if (!/^[A-Z2-7]*$/.test(text)) return "only the letters A to Z and the digits 2 to 7 are allowed in a key";
  return "its last character does not end on a whole byte";
}
