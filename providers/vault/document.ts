import { canonicalHash } from "../../nats/canonical-json.ts";
import { mistake } from "../provider.ts";
import { checkMount, readSecret, writeSecret, type KvPlace } from "./kv.ts";

/** What a secret in Vault is to hold: fields by name. */
export type Fields = Readonly<Record<string, string>>;

/** How often a write is tried again that somebody else's write came before. */
const ATTEMPTS = 5;

/**
 * Makes a secret hold exactly these fields, as a new version if it does not yet, and gives the version. Earlier versions stay
 * readable in Vault.
 */
export async function putFields(place: KvPlace, fields: Fields): Promise<number> {
  await checkMount(place.vault, place.mount);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const found = await readSecret(place);
    if (found.is === "present" && canonicalHash(found.data) === canonicalHash(fields)) return found.version;
    const version = await writeSecret(place, fields, found.is === "absent" ? 0 : found.version);
    if (version !== undefined) return version;
  }
  throw mistake(
    `Vault at ${place.vault.address}: ${place.mount}/${place.path}: somebody else writes to it all the time`,
  );
}

/** A hash of what a secret holds now; empty where there is nothing. */
export async function currentHash(place: KvPlace): Promise<string> {
  const found = await readSecret(place);
  return found.is === "present" ? canonicalHash(found.data) : "";
}
