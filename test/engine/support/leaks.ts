import { decodeSeed } from "../../../nats/nkeys.ts";

/** A secret, and what to call it in a report. */
export interface Secret {
  readonly name: string;
  readonly text: string;
}

/** A text that must hold no secret. */
export interface Place {
  readonly name: string;
  readonly text: string;
}

/** A secret that was found where it must not be. The report never repeats it. */
export interface Leak {
  readonly place: string;
  readonly secret: string;
  readonly form: string;
}

/** What shows a secret whoever made it: an nkey's seed, and the head of a creds file. */
const PATTERNS = [
  { form: "something like a seed", pattern: /S[OAUNCX][A-Z2-7]{56}/ },
  { form: "a creds file", pattern: /BEGIN USER NKEY SEED|BEGIN NATS USER JWT/ },
];

/** Finds every secret in every form that we know to look for, in every place. */
export function leaksIn(places: readonly Place[], secrets: readonly Secret[]): Leak[] {
  const needles = secrets.flatMap(formsOf);
  return places.flatMap(({ name, text }) => {
    // One alphabet for both kinds of base64; the other for hex and seeds in the wrong case.
    const standard = text.replaceAll("-", "+").replaceAll("_", "/");
    const lower = text.toLowerCase();
    const found = needles.filter(({ alphabet, needle }) =>
      ({ as_is: text, base64: standard, lower })[alphabet].includes(needle),
    );
    return [
      ...found.map(({ secret, form }) => ({ place: name, secret, form })),
      ...PATTERNS.filter(({ pattern }) => pattern.test(text)).map(({ form }) => ({
        place: name,
        secret: "of somebody",
        form,
      })),
    ];
  });
}

interface Needle {
  readonly secret: string;
  readonly form: string;
  readonly alphabet: "as_is" | "base64" | "lower";
  readonly needle: string;
}

function formsOf({ name, text }: Secret): Needle[] {
  const needles: Needle[] = [
    { secret: name, form: "text", alphabet: "as_is", needle: text },
    { secret: name, form: "text in the wrong case", alphabet: "lower", needle: text.toLowerCase() },
    { secret: name, form: "JSON", alphabet: "as_is", needle: JSON.stringify(text).slice(1, -1) },
    { secret: name, form: "URI", alphabet: "as_is", needle: encodeURIComponent(text) },
    ...bytesForms(name, "text", Buffer.from(text)),
  ];
  const raw = rawBytes(text);
  return raw === undefined ? needles : [...needles, ...bytesForms(name, "raw bytes", raw)];
}

/** Hex, and base64 at each of the three places that the first byte can have in a group. */
function bytesForms(secret: string, what: string, bytes: Buffer): Needle[] {
  return [
    { secret, form: `${what} in hex`, alphabet: "lower", needle: bytes.toString("hex") },
    ...[0, 1, 2].map((shift): Needle => {
      const padded = Buffer.concat([Buffer.alloc(shift), bytes]);
      // Digits at both ends also depend on the neighbours: only what is made of our bits alone is looked for.
      const whole = Math.floor((padded.length * 8) / 6);
      const needle = padded.toString("base64").slice(Math.ceil((shift * 8) / 6), whole);
      return { secret, form: `${what} in base64, shifted by ${shift}`, alphabet: "base64", needle };
    }),
  ];
}

/** The bytes that a seed, or base64url of 32 bytes, stands for. */
function rawBytes(text: string): Buffer | undefined {
  if (/^S[A-Z]/.test(text) && text.length === 58) return Buffer.from(decodeSeed(text).raw);
  const raw = Buffer.from(text, "base64url");
  return raw.length === 32 && raw.toString("base64url") === text ? raw : undefined;
}
