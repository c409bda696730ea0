import { hash } from "node:crypto";

/**
 * JSON whose text depends on the values alone: keys sorted by UTF-16 code unit at every level, fields that are undefined left out,
 * no white space. Equal claims give equal text whatever order they were written in.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const record = value as Record<string, unknown>;
  let text = "";
  for (const key of Object.keys(record).sort()) {
    const field = record[key];
    if (field !== undefined) text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${canonicalJson(field)}`;
  }
  return `{${text}}`;
}

/**
 * SHA-256 in hex of {@link canonicalJson}: equal values have equal hashes. Whoever sees a hash can try out what it is of: what is secret
 * among the values must have 256 bits, or the hash is a secret itself.
 */
export function canonicalHash(value: unknown): string {
  return hash("sha256", canonicalJson(value), "hex");
}
