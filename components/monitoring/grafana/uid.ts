import { createHash } from "node:crypto";

/** Grafana's limit. */
const LENGTH = 40;

/** A uid of these parts, the same in each run: as it reads, or, where that is too long, its beginning and a hash of it all. */
export function grafanaUid(...parts: readonly string[]): string {
  const uid = parts.join("-");
  if (uid.length <= LENGTH) return uid;
  const hash = createHash("sha256").update(uid).digest("hex").slice(0, 16);
  return `${uid.slice(0, LENGTH - hash.length - 1)}-${hash}`;
}
