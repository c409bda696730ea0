import { createHash } from "node:crypto";
import { canonicalJson } from "./canonical-json.ts";
import type { SlowSigner } from "./jwt.ts";
import { decodePublic, type PublicNkey, type Signer } from "./nkeys.ts";

/** Names of Ed25519 in a JWT's header: `EdDSA` by RFC 8037, `Ed25519` by RFC 9864, which not every verifier knows yet. */
export const TOKEN_ALGORITHMS = ["EdDSA", "Ed25519"] as const;
export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];

/** What a robot token says of its robot, whatever its form. */
export interface Robot {
  readonly robotName: string;
  /** Such as `robot`. */
  readonly tokenType: string;
  /** Such as `robot_type: service`. */
  readonly claims: Readonly<Record<string, string>>;
}

/** A token in the shape of the NATS JWTs, as a generator of nkeys signs them (`alg: ed25519-nkey`). */
export interface LegacyToken extends Robot {
  readonly format: "legacy";
  /** Whole seconds since 1970. */
  readonly issuedAt: number;
  /** Absent: it never expires. */
  readonly expiresAt?: number | undefined;
}

/** A JWT of RFC 7519 that an application checks with the key set of {@link keySet}. */
export interface ApplicationToken extends Robot {
  readonly format: "application";
  readonly algorithm: TokenAlgorithm;
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
  /** The one claim under which everything stands that no RFC names. */
  readonly namespace: string;
  /** Whole seconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export type RobotToken = LegacyToken | ApplicationToken;

/**
 * Signs a token. The same token and signer give the same text: a run that is repeated changes nothing.
 *
 * @throws RangeError where an application's token is to be signed by a key that also signs operators' or accounts' JWTs
 */
export async function signRobotToken(token: RobotToken, signer: Signer | SlowSigner): Promise<string> {
  const signed = unsignedRobotToken(token, signer);
  return withSignature(signed, await signer.sign(Buffer.from(signed)));
}

/** {@link signRobotToken} where the signer answers at once. */
export function signRobotTokenNow(token: RobotToken, signer: Signer): string {
  const signed = unsignedRobotToken(token, signer);
  return withSignature(signed, signer.sign(Buffer.from(signed)));
}

/** How long a token lives, and that it is replaced before: what it is by the second `now`. */
export function tokenWindow(ttlSeconds: number, now: number): { issuedAt: number; expiresAt: number } {
  const every = renewalSeconds(ttlSeconds);
  const issuedAt = Math.floor(now / every) * every;
  return { issuedAt, expiresAt: issuedAt + ttlSeconds };
}

/** A token is replaced after two thirds of its life: a third is left for the new one to arrive. Windows begin at the same seconds everywhere. */
export function renewalSeconds(ttlSeconds: number): number {
  return Math.max(1, Math.floor((ttlSeconds * 2) / 3));
}

/** An Ed25519 public key as applications read it (RFC 8037). */
export interface Jwk {
  readonly kty: "OKP";
  readonly crv: "Ed25519";
  /** The 32 bytes as base64url. */
  readonly x: string;
  readonly kid: string;
  readonly use: "sig";
}

/** The public keys with which applications check tokens, as a JSON text with the newest first (RFC 7517). */
export function keySet(publicKeys: readonly PublicNkey[]): string {
  return `${JSON.stringify({ keys: publicKeys.map(jwkOf) }, null, 2)}\n`;
}

/** A public nkey as a JWK. It has no `alg`: one key may be verified under both names. */
export function jwkOf(publicKey: PublicNkey): Jwk {
  const x = Buffer.from(decodePublic(publicKey).raw).toString("base64url");
  return { kty: "OKP", crv: "Ed25519", x, kid: thumbprint(x), use: "sig" };
}

/** RFC 7638: SHA-256 over the members that make the key, in this order, without white space. */
function thumbprint(x: string): string {
  return createHash("sha256").update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest("base64url");
}

function unsignedRobotToken(token: RobotToken, signer: Pick<Signer, "kind" | "publicKey">): string {
  const [header, claims] = token.format === "legacy" ? legacy(token, signer) : application(token, signer);
  return [header, claims].map((part) => Buffer.from(canonicalJson(part)).toString("base64url")).join(".");
}

function legacy(token: LegacyToken, { publicKey }: Pick<Signer, "publicKey">): [object, object] {
  const claims = {
    iss: publicKey,
    sub: token.robotName,
    name: token.robotName,
    iat: token.issuedAt,
    exp: token.expiresAt,
    nats: { ...token.claims, type: token.tokenType, version: 2 },
  };
  return [
    { typ: "JWT", alg: "ed25519-nkey" },
    { ...claims, jti: uuidOf(claims) },
  ];
}

function application(token: ApplicationToken, signer: Pick<Signer, "kind" | "publicKey">): [object, object] {
  // Its signature must be worth nothing to a NATS server, which takes account and user JWTs from operators and accounts alone.
  if (signer.kind !== "user")
    throw new RangeError(`a token for applications is signed by an nkey of kind user, not of kind ${signer.kind}`);
  const claims = {
    iss: token.issuer,
    sub: token.subject,
    aud: token.audience,
    iat: token.issuedAt,
    nbf: token.issuedAt,
    exp: token.expiresAt,
    [token.namespace]: { ...token.claims, token_type: token.tokenType },
  };
  const header = { alg: token.algorithm, typ: "JWT", kid: jwkOf(signer.publicKey).kid };
  return [header, { ...claims, jti: uuidOf({ ...claims, signer: signer.publicKey }) }];
}

/** A UUID of version 8 (RFC 9562) that depends on the claims alone, so that two different tokens never share one. */
function uuidOf(claims: object): string {
  const bytes = createHash("sha256").update(canonicalJson(claims)).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function withSignature(signed: string, signature: Uint8Array): string {
  return `${signed}.${Buffer.from(signature).toString("base64url")}`;
}
