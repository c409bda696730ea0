import { decodeSeed, publicKeyOf, type Seed } from "../../nats/nkeys.ts";

/** Fields of a Secret with their values in base64, as the Kubernetes API has them. */
export type SecretData = Readonly<Record<string, string>>;

/** What a generated Secret holds. As the material of a key it is one JSON text, wherever keys are kept. */
export interface Content {
  /** What it is known by: the public key of the nkey in it, or random text. It gives nothing of the data away. */
  readonly publicId: string;
  readonly data: SecretData;
}

/** A content as material. */
export function formatContent({ publicId, data }: Content): string {
  return JSON.stringify({ publicId, data });
}

/** A content from its material. @throws where it is none, without showing any of it */
export function parseContent(material: string): Content {
  const content = contentIn(material);
  if (content === undefined) throw new TypeError("the material is no content of a Secret");
  return content;
}

/** Why a text is no material of this kind, in words that don't repeat it. */
export function contentProblem(material: string): string | undefined {
  return contentIn(material) === undefined ? "must be a JSON text with publicId and data" : undefined;
}

/** Whether two Secrets hold the same, to the byte. */
export function isSameData(one: SecretData, other: SecretData): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}

/** The data of fields that are text. */
export function dataOfText(fields: Readonly<Record<string, string>>): SecretData {
  return mapValues(fields, (text) => Buffer.from(text).toString("base64"));
}

/** The fields of data that is text. */
export function textOfData(data: SecretData): Record<string, string> {
  return mapValues(data, textOf);
}

/** The nkey seed among a Secret's values, whatever its field is called; undefined where there is none, or more than one. */
export function seedIn(data: SecretData): Seed | undefined {
  const seeds = new Set(
    Object.values(data)
      .map((value) => textOf(value).trim())
      .filter(isSeed),
  );
  return seeds.size === 1 ? [...seeds][0] : undefined;
}

/** The seed in a material: a seed, or a content with one. @throws where there is none */
export function seedOf(material: string): Seed {
  if (!material.startsWith("{")) return material as Seed;
  const seed = seedIn(parseContent(material).data);
  if (seed === undefined) throw new TypeError("the Secret's content has no nkey seed");
  return seed;
}

/** The public key of the only seed among a Secret's values. */
export function publicKeyIn(data: SecretData): string | undefined {
  const seed = seedIn(data);
  return seed === undefined ? undefined : publicKeyOf(seed);
}

/** A value as text. */
export function textOf(value: string): string {
  return Buffer.from(value, "base64").toString();
}

function isSeed(text: string): text is Seed {
  try {
    decodeSeed(text);
    return true;
  } catch {
    return false;
  }
}

function contentIn(material: string): Content | undefined {
  let found: unknown;
  try {
    found = JSON.parse(material);
  } catch {
    return undefined;
  }
  const { publicId, data } = (found ?? {}) as Partial<Content>;
  const isContent = typeof publicId === "string" && publicId !== "" && typeof data === "object";
  return isContent && Object.values(data).every((value) => typeof value === "string") ? { publicId, data } : undefined;
}

function mapValues(map: Readonly<Record<string, string>>, to: (value: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, to(value)]));
}
