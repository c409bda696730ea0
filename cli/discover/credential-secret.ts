import type { ControllerSettings } from "../../components/discovery/settings.ts";
import { canonicalJson } from "../../nats/canonical-json.ts";
import { parseCreds } from "../../nats/creds.ts";
import { decodeJwt, verifyJwt, type DecodedClaims } from "../../nats/jwt.ts";
import { publicKeyOf, type PublicNkey } from "../../nats/nkeys.ts";
import type { IssuedUser } from "../../nats/users.ts";
import type { LiveSecret, NewSecret } from "../../providers/kubernetes/secret.ts";
import type { Grant } from "./decide.ts";
import type { Place } from "./request.ts";

/** Annotation that tells what a Secret was made for, as JSON. */
export const MADE_FOR = "nats-platform/discovered";

type Settings = Pick<ControllerSettings, "region" | "operator" | "url" | "rotation">;

/** The Secret with which a workload connects. */
export function credentialSecret(
  place: Place,
  { wish, request: { prefix } }: Grant,
  issued: IssuedUser,
  generation: number,
  { region, operator, url, rotation }: Settings,
): NewSecret {
  const { account, role, own } = wish;
  const madeFor = {
    region,
    operator,
    account,
    ...(role === undefined ? {} : { role }),
    ...(own === undefined ? {} : { permissions: "its own" }),
    user: issued.publicKey,
    rotation,
    generation,
  };
  return {
    namespace: place.namespace,
    name: place.secret,
    immutable: false,
    labels: {
      "app.kubernetes.io/managed-by": "nats-platform",
      "nats-platform/account": account,
      [`${prefix}secret`]: "true",
      [`${prefix}credential-type`]: "user",
    },
    annotations: { [MADE_FOR]: JSON.stringify(madeFor) },
    data: base64({ "nats.creds": issued.creds, URLS: url, ACCOUNT_NAME: account }),
  };
}

/**
 * Whether a Secret that is there was made by this region's controller: it says so, or it holds the user that was handed out here.
 *
 * @param user public key of the user that the place holds by the ledger
 */
export function isOwn(live: LiveSecret, { region, operator }: Settings, user: PublicNkey | undefined): boolean {
  const madeFor = parsed(live.annotations[MADE_FOR]);
  if (madeFor?.region === region && madeFor.operator === operator) return true;
  return user !== undefined && claimsIn(live)?.sub === user;
}

/** Of what a Secret was made for: as much as it takes to give its user's key to nobody again. */
export interface FormerUser {
  readonly generation: number;
  /** Absent where its credentials can't be read. */
  readonly listing?: { readonly user: PublicNkey; readonly account: PublicNkey };
}

/**
 * The user that an own Secret says it was made for; undefined where it doesn't say. Only credentials that are complete name a user:
 * an annotation alone could have anybody revoked.
 *
 * @param name what a user of its place is called
 */
export function formerUser(live: LiveSecret, name: string): FormerUser | undefined {
  const generation = parsed(live.annotations[MADE_FOR])?.generation;
  if (typeof generation !== "number" || !Number.isInteger(generation) || generation < 0) return undefined;
  const { sub: user, nats, name: found } = claimsIn(live) ?? {};
  const account = nats?.issuer_account;
  const isUser = user?.startsWith("U") === true && found === name;
  if (!isUser || typeof account !== "string" || !/^A[A-Z2-7]{55}$/.test(account)) return { generation };
  return { generation, listing: { user, account: account as PublicNkey } };
}

/** What differs between a Secret that is there and what it should be; undefined where it is good. It holds nothing secret. */
export function differenceOf(live: LiveSecret, expected: NewSecret): string | undefined {
  const names = Object.keys(expected.data).sort().join();
  if (Object.keys(live.data).sort().join() !== names) return `its keys are not ${names}`;
  for (const field of ["URLS", "ACCOUNT_NAME"]) if (live.data[field] !== expected.data[field]) return field;
  for (const kind of ["labels", "annotations"] as const) {
    const different = Object.entries(expected[kind]).find(([key, value]) => live[kind][key] !== value);
    if (different !== undefined) return `${kind}: ${different[0]}`;
  }
  // The rule: a user is the same to the byte each time it is made.
  return live.data["nats.creds"] === expected.data["nats.creds"] ? undefined : credsDifference(live, expected);
}

/** Credentials are compared by what they say: who may do what, signed by whom, and the key that goes with it. */
function credsDifference(live: LiveSecret, expected: NewSecret): string | undefined {
  const found = claimsIn(live);
  if (found === undefined) return "nats.creds holds no credentials that fit together";
  const wanted = claimsIn(expected);
  const differing = (["sub", "iss", "iat", "name", "exp", "nats"] as const).find(
    (claim) => canonicalJson({ claim: found[claim] }) !== canonicalJson({ claim: wanted?.[claim] }),
  );
  return differing === undefined ? undefined : `nats.creds: ${differing}`;
}

/** The claims of the credentials in a Secret, if their signature is good and the seed is theirs. */
function claimsIn({ data }: Pick<NewSecret, "data">): DecodedClaims | undefined {
  try {
    const { jwt, seed } = parseCreds(Buffer.from(data["nats.creds"] ?? "", "base64").toString());
    verifyJwt(jwt);
    const { claims } = decodeJwt(jwt);
    return publicKeyOf(seed) === claims.sub ? claims : undefined;
  } catch {
    return undefined;
  }
}

function parsed(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function base64(data: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString("base64")]));
}
