import { formatCreds } from "./creds.ts";
import type { Seed } from "./nkeys.ts";
import type { IssuedUser } from "./users.ts";

/** The forms in which a user's credentials are delivered. */
export const CREDENTIAL_FORMATS = ["creds", "jwt", "nkey", "password", "url", "context"] as const;

/** One of {@link CREDENTIAL_FORMATS}. */
export type CredentialFormat = (typeof CREDENTIAL_FORMATS)[number];

/** What every form tells beside the credentials: where to connect, and the account. Nothing of it is secret. */
export interface ConnectionFields {
  readonly URLS: string;
  readonly ACCOUNT_NAME: string;
}

/** Where clients of a region's servers connect to. */
export interface ServerAddresses {
  /** `nats://…`, or `tls://…` where the servers have a certificate for NATS clients. */
  readonly nats: string;
  /** `mqtt://…` or, with TLS, `mqtts://…`; undefined where the servers take no MQTT clients. */
  readonly mqtt?: string | undefined;
}

/** Port on which MQTT clients are expected where the servers have no listener for them: IANA's for MQTT without TLS. */
const MQTT_PORT = 1883;

/**
 * Where a client with credentials of this form connects to. A server with an operator takes a password from MQTT clients alone
 * (nats-server 2.15, auth.go: a JWT in place of the password; all others are told that a user JWT is required). Where these servers take
 * none, it is for a listener that somebody runs on their address.
 */
export function addressFor(format: CredentialFormat, { nats, mqtt }: ServerAddresses): string {
  if (!isForMqtt(format)) return nats;
  return mqtt ?? `mqtt://${new URL(nats).hostname}:${String(MQTT_PORT)}`;
}

/** Whether credentials of this form work for MQTT clients only. */
export function isForMqtt(format: CredentialFormat): boolean {
  return format === "password" || format === "url";
}

/** The fields of a Secret in which a user's credentials have this form. @param beside with the address of {@link addressFor} */
export function credentialFields(
  format: CredentialFormat,
  user: IssuedUser,
  beside: ConnectionFields,
): Record<string, string> {
  return { ...fieldsOf[format](user, beside), ...beside };
}

/**
 * The creds file that a Secret's fields hold or can be made of; undefined where they hold no JWT, or no proof of the key to go with it.
 */
export function credsIn(fields: Readonly<Record<string, string>>): string | undefined {
  const { "nats.creds": creds, "context.json": context, jwt, seed } = fields;
  if (creds !== undefined) return creds;
  if (jwt !== undefined && seed !== undefined) return formatCreds(jwt, seed as Seed);
  if (context === undefined) return undefined;
  const { user_jwt, user_seed } = JSON.parse(context) as { user_jwt: string; user_seed: Seed };
  return formatCreds(user_jwt, user_seed);
}

const fieldsOf: Readonly<
  Record<CredentialFormat, (user: IssuedUser, beside: ConnectionFields) => Record<string, string>>
> = {
  creds: ({ creds }) => ({ "nats.creds": creds }),
  jwt: ({ jwt, seed }) => ({ jwt, seed }),
  // The chart nats-io/k8s mounts a nats-box context's nkey as nats.nk unless told otherwise; --nkey of the nats CLI takes any file.
  nkey: ({ publicKey, seed }) => ({ "nats.nk": seed, "nkey.pub": publicKey }),
  password: ({ name, jwt }) => ({ username: name, password: jwt }),
  url: ({ name, jwt }, { URLS }) => ({ url: withLogin(URLS, name, jwt) }),
  // The nats CLI 0.4 takes a context from a file if the file's name ends in .json.
  context: (user, { URLS, ACCOUNT_NAME }) => ({ "context.json": contextOf(user, URLS, ACCOUNT_NAME) }),
};

/** Neither a name nor a JWT has characters that mean something in a URL; escaping holds that for every other one. */
function withLogin(address: string, name: string, password: string): string {
  const { protocol, host } = new URL(address);
  return `${protocol}//${encodeURIComponent(name)}:${encodeURIComponent(password)}@${host}`;
}

/** `user_jwt` and `user_seed` of jsm.go's natscontext: with them a context needs no file beside it. */
function contextOf({ name, jwt, seed }: IssuedUser, url: string, account: string): string {
  const context = { description: `${account}/${name}`, url, user_jwt: jwt, user_seed: seed };
  return `${JSON.stringify(context, null, 2)}\n`;
}
