import { hash } from "node:crypto";
import type { ConfigMapRecord } from "./config-map.ts";
import { decodeEntry, encodeEntry, type LedgerEntry } from "./ledger-entry.ts";

/** What was handed out, place by place. */
export interface Ledger {
  get(key: string): LedgerEntry;
  /** Resolves once the entry is in the cluster. */
  put(key: string, entry: LedgerEntry): Promise<void>;
  /** The keys of the places that hold a user. */
  held(): string[];
}

/** In which of the parts a place is: always the same one. */
export function partOf(key: string, parts: number): number {
  return Number.parseInt(hash("sha256", key, "hex").slice(0, 8), 16) % parts;
}

/** Reads the ledger from its parts. @throws Trouble where an entry is none */
export function readLedger(parts: readonly ConfigMapRecord[]): Ledger {
  const partWith = (key: string) => {
    const part = parts[partOf(key, parts.length)];
    if (part === undefined) throw new Error("a ledger has at least one part");
    return part;
  };
  const decode = (part: ConfigMapRecord, key: string, text: string) =>
    decodeEntry(text, `ConfigMap ${part.name}, entry ${key}`);
  // What can't be read is said before anything is done.
  for (const part of parts) for (const [key, text] of part.content) decode(part, key, text);
  return {
    get(key) {
      const part = partWith(key);
      const text = part.content.get(key);
      return text === undefined ? { generation: 0 } : decode(part, key, text);
    },
    put: (key, entry) => partWith(key).write(key, encodeEntry(entry)),
    held: () =>
      parts.flatMap((part) =>
        [...part.content].filter(([key, text]) => decode(part, key, text).held !== undefined).map(([key]) => key),
      ),
  };
}
