import { constants, createCipheriv, publicEncrypt, randomBytes } from "node:crypto";
import { encodePublic, type PublicNkey } from "../../nats/nkeys.ts";
import { mistake } from "../provider.ts";
import { vaultAt, type VaultAccess } from "./client.ts";

/** A key in a Transit mount. */
export interface TransitPlace {
  readonly vault: VaultAccess;
  readonly mount: string;
  readonly key: string;
}

/** What is known of it. */
export interface TransitKey {
  readonly publicKey: PublicNkey;
  readonly version: number;
  /** Whole seconds since 1970. */
  readonly createdAt: number;
}

/** Makes an Ed25519 key that never leaves Vault. One that is there already stays as it is. */
export async function createTransitKey(place: TransitPlace): Promise<void> {
  await mustPost(place, `keys/${place.key}`, `keys/+`, ["create", "read", "update"], {
    type: "ed25519",
    exportable: false,
    allow_plaintext_backup: false,
    auto_rotate_period: 0,
  });
}

/**
 * Brings an existing seed into Transit, wrapped so that only Vault can read it. It can be neither read nor rotated there.
 * @returns false if there is a key of this name already
 */
export async function importTransitKey(place: TransitPlace, seed: Uint8Array): Promise<boolean> {
  const { vault, mount } = place;
  const wrapping = await vaultAt(vault).request({
    method: "GET",
    path: `${mount}/wrapping_key`,
    needs: { path: `${mount}/wrapping_key`, capabilities: ["read"] },
  });
  const authority = wrapping.data.public_key;
  if (typeof authority !== "string") throw unexpected(place, wrapping);
  const answer = await post(place, `keys/${place.key}/import`, "keys/+/import", ["update"], {
    type: "ed25519",
    ciphertext: wrapped(seed, authority).toString("base64"),
    hash_function: "SHA256",
    allow_rotation: false,
    exportable: false,
    allow_plaintext_backup: false,
  });
  if (answer.status < 300) return true;
  if (answer.errors.some((error) => error.includes("existing key"))) return false;
  throw unexpected(place, answer);
}

/** BYOK of Vault: the key in PKCS #8, under a one-time AES key (RFC 5649), which is under Vault's RSA key (OAEP, SHA-256). */
function wrapped(seed: Uint8Array, authority: string): Buffer {
  const oneTime = randomBytes(32);
  const cipher = createCipheriv("id-aes256-wrap-pad", oneTime, Buffer.from("a65959a6", "hex"));
  const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  const inner = Buffer.concat([cipher.update(pkcs8), cipher.final()]);
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return Buffer.concat([publicEncrypt({ key: authority, padding, oaepHash: "sha256" }, oneTime), inner]);
}

/** The first version of a key; undefined where there is none. @throws where the key is not one to sign JWTs with */
export async function readTransitKey(
  place: TransitPlace,
  kind: "operator" | "account",
): Promise<TransitKey | undefined> {
  const { vault, mount, key } = place;
  const answer = await vaultAt(vault).request({
    method: "GET",
    path: `${mount}/keys/${key}`,
    needs: { path: `${mount}/keys/+`, capabilities: ["read"] },
  });
  if (answer.status === 404) return undefined;
  const { type, derived, exportable, keys } = answer.data as Partial<KeyAnswer>;
  const wrong =
    type !== "ed25519"
      ? `type ${String(type)}, but it must be ed25519`
      : derived === true
        ? "derived true, but it must be false"
        : exportable === true
          ? "exportable true, which can't be taken back, but it must be false"
          : undefined;
  if (wrong !== undefined) throw mistake(`${where(place)}: found ${wrong}`);
  // Later versions are other keys, under the same name: somebody rotated it in Vault. Ours is the first.
  const first = keys?.["1"];
  if (first === undefined) throw mistake(`${where(place)}: its version 1, which is the key, was trimmed away`);
  return {
    publicKey: encodePublic(kind, Buffer.from(first.public_key, "base64")),
    version: 1,
    createdAt: Math.floor(Date.parse(first.creation_time) / 1000),
  };
}

interface KeyAnswer {
  readonly type: string;
  readonly derived: boolean;
  readonly exportable: boolean;
  readonly keys: Readonly<Record<string, { public_key: string; creation_time: string }>>;
}

interface Waiting {
  readonly message: Uint8Array;
  readonly resolve: (signature: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
}

/** How many messages go into one request; Vault takes 32 MiB in one. */
const BATCH = 250;
const queues = new Map<string, Waiting[]>();

/**
 * Signs with one version of a key. What is asked for in the same moment goes into the same request, which makes thousands of
 * JWTs take seconds.
 */
export function signInTransit(place: TransitPlace, version: number, message: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const name = JSON.stringify([place, version]);
    const queue = queues.get(name);
    const waiting = { message, resolve, reject };
    if (queue !== undefined) {
      queue.push(waiting);
      return;
    }
    queues.set(name, [waiting]);
    setImmediate(() => {
      const all = queues.get(name) ?? [];
      queues.delete(name);
      for (let start = 0; start < all.length; start += BATCH) {
        const batch = all.slice(start, start + BATCH);
        signBatch(place, version, batch).catch((error: unknown) => {
          for (const { reject: fail } of batch) fail(error);
        });
      }
    });
  });
}

async function signBatch(place: TransitPlace, version: number, batch: readonly Waiting[]): Promise<void> {
  const answer = await post(place, `sign/${place.key}`, "sign/+", ["update"], {
    batch_input: batch.map(({ message }) => ({ input: Buffer.from(message).toString("base64") })),
    marshaling_algorithm: "jws",
    key_version: version,
  });
  const results = answer.data.batch_results as { signature?: string; error?: string }[] | undefined;
  if (results?.length !== batch.length) throw unexpected(place, answer);
  batch.forEach(({ resolve, reject }, index) => {
    const { signature = "", error } = results[index] ?? {};
    // `vault:v1:<base64url>`, where v1 is the key's version.
    const [, made, text] = /^\w+:v(\d+):([\w-]+)$/.exec(signature) ?? [];
    if (text !== undefined && Number(made) === version) resolve(Buffer.from(text, "base64url"));
    else
      reject(mistake(`${where(place)}: it does not sign with version ${version}: ${error ?? "found another version"}`));
  });
}

async function mustPost(
  place: TransitPlace,
  path: string,
  policy: string,
  capabilities: string[],
  body: object,
): Promise<void> {
  const answer = await post(place, path, policy, capabilities, body);
  if (answer.status >= 300) throw unexpected(place, answer);
}

function post({ vault, mount }: TransitPlace, path: string, policy: string, capabilities: string[], body: object) {
  const needs = { path: `${mount}/${policy}`, capabilities };
  return vaultAt(vault).request({ method: "POST", path: `${mount}/${path}`, body, needs });
}

function unexpected(place: TransitPlace, { status, errors }: { status: number; errors: readonly string[] }): Error {
  const said = errors.length === 0 ? "" : ` (${errors.join("; ")})`;
  return mistake(`${where(place)}: found status ${status}${said}`);
}

function where({ vault, mount, key }: TransitPlace): string {
  return `Vault at ${vault.address}: ${mount}/keys/${key}`;
}
