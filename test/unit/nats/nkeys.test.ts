import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";
import { fromPublic, fromSeed } from "nkeys.js";

import {
  decodePublic,
  decodeSeed,
  encodePublic,
  encodeSeed,
  NkeyError,
  publicKeyOf,
  signerOf,
  type KeyKind,
} from "../../../nats/nkeys.ts";
import { seedOf } from "./samples.ts";

const LETTERS: Record<KeyKind, string> = {
  operator: "O",
  account: "A",
  user: "U",
  server: "N",
  cluster: "C",
  curve: "X",
};
const kinds = Object.keys(LETTERS) as KeyKind[];
const kind = fc.constantFrom(...kinds);
const raw = fc.uint8Array({ minLength: 32, maxLength: 32 });

test("every seed and public key decodes to what was encoded, and shows its kind", () => {
  fc.assert(
    fc.property(kind, raw, (kind, raw) => {
      const seed = encodeSeed(kind, raw);
      assert.match(seed, new RegExp(`^S${LETTERS[kind]}[A-Z2-7]{56}$`));
      assert.deepEqual(decodeSeed(seed), { kind, raw });
      const key = encodePublic(kind, raw);
      assert.match(key, new RegExp(`^${LETTERS[kind]}[A-Z2-7]{55}$`));
      assert.deepEqual(decodePublic(key), { kind, raw });
    }),
  );
});

test("a key with any one character changed is refused, without showing it", () => {
  const character = fc.constantFrom(..."ABCDEFGHIJKLMNOPQRSTUVWXYZ234567abcz019-= é".split(""));
  fc.assert(
    fc.property(kind, raw, fc.nat(57), character, fc.boolean(), (kind, raw, place, character, isSeed) => {
      const text: string = isSeed ? encodeSeed(kind, raw) : encodePublic(kind, raw);
      fc.pre(place < text.length && text[place] !== character);
      const changed = text.slice(0, place) + character + text.slice(place + 1);
      assert.throws(
        () => (isSeed ? decodeSeed(changed) : decodePublic(changed)),
        (error) => error instanceof NkeyError && !error.message.includes(changed.slice(2, 12)),
      );
    }),
    { numRuns: 500 },
  );
});

test("what is wrong with a key is said", () => {
  const seed = seedOf("user", "one");
  const key = publicKeyOf(seed);
  const cases: [() => unknown, string][] = [
    [() => decodeSeed(""), "not a seed: it has 0 characters, not 58"],
    [() => decodeSeed(`${seed}\n`), "not a seed: it has 59 characters, not 58 (there is white space around it)"],
    [() => decodeSeed(seed.toLowerCase()), "not a seed: it has lower-case letters; keys are written in upper case"],
    [
      () => decodeSeed(`${seed.slice(0, -1)}1`),
      "not a seed: only the letters A to Z and the digits 2 to 7 are allowed in a key",
    ],
    [() => decodeSeed(nonCanonical(seed)), "not a seed: its last character does not end on a whole byte"],
    [
      () => decodeSeed(seed.slice(0, 20) + (seed[20] === "A" ? "B" : "A") + seed.slice(21)),
      "not a seed: its checksum is wrong, so a character was mistyped or lost",
    ],
    [() => decodeSeed(key), "not a seed: it has 56 characters, not 58"],
    [() => decodePublic(seed), "not a public key: this looks like a seed, which must stay secret"],
    [() => decodePublic(key.slice(1)), "not a public key: it has 55 characters, not 56"],
    [() => encodeSeed("user", new Uint8Array(31)), "a seed is made of 32 bytes, not of 31"],
    [() => encodePublic("user", new Uint8Array(33)), "a public key is made of 32 bytes, not of 33"],
    [
      () => signerOf(seedOf("curve", "x")),
      "a curve key encrypts and cannot sign; allowed are operator, account, user, server and cluster keys",
    ],
  ];
  for (const [attempt, message] of cases) assert.throws(attempt, { name: "NkeyError", message });
});

/** The same bytes, with an unused bit of the last character set. */
function nonCanonical(seed: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return seed.slice(0, -1) + (alphabet[alphabet.indexOf(seed.at(-1) ?? "") | 1] ?? "");
}

test("a text whose prefix names no kind of key is refused", () => {
  // Made by nkeys' own rules with the prefix for private keys (P) and an unknown one.
  const withPrefix = (first: number, second: number | undefined, size: number): string => rawKey(first, second, size);
  assert.throws(() => decodePublic(withPrefix(15 << 3, undefined, 32)), /its first letter names no kind of key/);
  assert.throws(() => decodeSeed(withPrefix(15 << 3, 0, 32)), /it starts with the wrong letter/);
  assert.throws(() => decodeSeed(withPrefix((18 << 3) | 7, 0xf8, 32)), /its second letter names no kind of key/);
});

/** Bytes with a right checksum in base32, computed here the slow way. */
function rawKey(first: number, second: number | undefined, size: number): string {
  const bytes = [first, ...(second === undefined ? [] : [second]), ...new Array<number>(size).fill(7)];
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  const bits = [...bytes, crc & 0xff, crc >> 8].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[parseInt(five.padEnd(5, "0"), 2)])
    .join("");
}

test("nkeys.js reads our seeds, finds the same public keys, and accepts our signatures", () => {
  fc.assert(
    fc.property(kind, raw, fc.uint8Array(), (kind, raw, message) => {
      const seed = encodeSeed(kind, raw);
      const theirs = fromSeed(new TextEncoder().encode(seed));
      assert.equal(publicKeyOf(seed), theirs.getPublicKey());
      if (kind === "curve") return;
      const signer = signerOf(seed);
      assert.equal(signer.kind, kind);
      assert.equal(signer.publicKey, theirs.getPublicKey());
      assert.ok(fromPublic(signer.publicKey).verify(message, signer.sign(message)));
    }),
    { numRuns: 25 },
  );
});
