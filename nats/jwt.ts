import { hash } from "node:crypto";

import { encodeBase32 } from "./base32.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { Claims, Issued } from "./claims/claims.ts";
import { isSeconds } from "./claims/fields.ts";
import { ClaimsError, validateClaims } from "./claims/validate.ts";
import { verifySignature } from "./ed25519.ts";
import { decodePublic, type KeyKind, type PublicNkey, type Signer } from "./nkeys.ts";
import { show, type Problem } from "./problem.ts";

export type { Claims };

/** A text that is not a JWT of NATS, or not one to be trusted. */
export class JwtError extends Error {
  override readonly name = "JwtError";
}

/** Which kind of key signs which kind of claim. */
const ISSUERS: Record<string, readonly KeyKind[]> = {
  operator: ["operator"],
  account: ["operator", "account"],
  user: ["account"],
  activation: ["account", "operator"],
  authorization_request: ["server"],
  authorization_response: ["account"],
};

const HEADER = Buffer.from('{"typ":"JWT","alg":"ed25519-nkey"}').toString("base64url");

/**
 * A client sends its JWT in the CONNECT line, which a server cuts off at 4096 bytes (max_control_line) together with the rest of that line:
 * 3652 bytes of JWT were accepted, 4278 refused. What is more than this belongs into the template of a scoped signing key.
 */
export const LONGEST_USER_JWT = 3500;

/** Go's library, and so every server, reads no JWT above this. */
const LONGEST_JWT = 1024 * 1024;

/** Something that signs in its own time: a key that is behind an API. */
export interface SlowSigner extends Omit<Signer, "sign"> {
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/**
 * Signs claims. The result depends on its arguments alone: the same claims, signer and time give the same text, in whatever order the
 * claims' keys were written.
 *
 * @param issuedAt whole seconds since 1970
 * @throws ClaimsError with everything that is wrong with the claims
 */
export function signJwt(claims: Claims, signer: Signer, issuedAt: number): string {
  const signed = unsignedJwt(claims, signer, issuedAt);
  return withSignature(claims, signed, signer.sign(Buffer.from(signed)));
}

/**
 * {@link signJwt} for a signer that takes its time. Its signature is verified: a server would only say "Authorization Violation".
 *
 * @throws ClaimsError, and JwtError where the signature is not one of the signer's public key
 */
export async function signJwtSlowly(claims: Claims, signer: Signer | SlowSigner, issuedAt: number): Promise<string> {
  const signed = unsignedJwt(claims, signer, issuedAt);
  const signature = await signer.sign(Buffer.from(signed));
  if (!verifySignature(decodePublic(signer.publicKey).raw, Buffer.from(signed), signature)) {
    throw new JwtError(`what came back is not a signature by ${signer.publicKey}`);
  }
  return withSignature(claims, signed, signature);
}

function unsignedJwt(claims: Claims, signer: Pick<Signer, "kind" | "publicKey">, issuedAt: number): string {
  const problems = [...validateClaims(claims), ...issueProblems(claims, signer, issuedAt)];
  if (problems.length > 0) throw new ClaimsError(claims, problems);

  const issued = { ...claims, iss: signer.publicKey, iat: issuedAt };
  // Go hashes the fields outside `nats` only, so that its JWTs of one account in one second share a jti, and a server takes
  // the second one for the first. Ours hashes everything.
  const jti = hashText(canonicalJson({ ...issued, jti: undefined }));
  return `${HEADER}.${Buffer.from(canonicalJson({ ...issued, jti })).toString("base64url")}`;
}

function withSignature(claims: Claims, signed: string, signature: Uint8Array): string {
  const jwt = `${signed}.${Buffer.from(signature).toString("base64url")}`;
  const longest = claims.nats.type === "user" ? LONGEST_USER_JWT : LONGEST_JWT;
  if (jwt.length <= longest) return jwt;
  const found = `a JWT of ${jwt.length} bytes`;
  throw new ClaimsError(claims, [{ path: "nats", found, allowed: `servers accept at most ${longest}` }]);
}

function issueProblems(claims: Claims, signer: Pick<Signer, "kind" | "publicKey">, issuedAt: number): Problem[] {
  const problems: Problem[] = [];
  const issuers = ISSUERS[claims.nats.type] ?? [];
  if (!issuers.includes(signer.kind)) {
    problems.push({
      path: "iss",
      found: `the key of a kind "${signer.kind}"`,
      allowed: `the signer must be of kind ${issuers.join(" or ")}`,
    });
  }
  if (signer.kind === "account" && claims.nats.type === "account" && signer.publicKey !== claims.sub) {
    problems.push({
      path: "iss",
      found: show(signer.publicKey),
      allowed: "an account that is not signed by its operator can only be signed by itself",
    });
  }
  if (!isSeconds(issuedAt)) {
    problems.push({ path: "iat", found: show(issuedAt), allowed: "a time is a whole number of seconds since 1970" });
  } else if (claims.exp !== undefined && claims.exp <= issuedAt) {
    problems.push({
      path: "exp",
      found: show(claims.exp),
      allowed: `it must be later than the time of signing (${issuedAt})`,
    });
  }
  return problems;
}

/**
 * A hash of what the claims say and of who signs them, but not of when. As long as it stays the same, a JWT that was
 * signed earlier is still right.
 */
export function claimsHash(claims: Claims, issuer: PublicNkey): string {
  return hashText(canonicalJson({ ...claims, iss: issuer, iat: undefined, jti: undefined }));
}

/** SHA-512/256 in base32, 52 characters. */
function hashText(text: string): string {
  return encodeBase32(hash("sha512-256", text, "buffer"));
}

/** A JWT taken apart. `claims` is what the text says: nothing in it has been checked but its form. */
export interface DecodedJwt {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: DecodedClaims;
  /** `operator`, `account`, `user`, `activation`, `generic` …; empty when the claims do not say. */
  readonly type: string;
  /** What the signature is over. */
  readonly signed: string;
  readonly signature: Uint8Array;
}

/** Claims as found in a JWT, of whatever type. */
export interface DecodedClaims extends Partial<Issued> {
  readonly sub?: PublicNkey;
  readonly name?: string;
  readonly nats?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** Takes a NATS JWT apart without checking its signature. @throws JwtError when its form is wrong */
export function decodeJwt(text: string): DecodedJwt {
  if (text.length > LONGEST_JWT)
    throw new JwtError(`not a JWT: it has ${text.length} characters, and servers read at most ${LONGEST_JWT}`);
  const [head, body, tail, ...rest] = text.split(".");
  if (head === undefined || body === undefined || tail === undefined || rest.length > 0) {
    throw new JwtError(`not a JWT: it has ${text.split(".").length} parts between dots, not 3`);
  }
  const header = parseObject(head, "header");
  if (String(header.typ).toUpperCase() !== "JWT")
    throw new JwtError(`not a JWT: its header's typ is ${show(header.typ)}, not "JWT"`);
  // Servers also take "ed25519", the name of the same algorithm in version 1.
  if (!["ed25519-nkey", "ed25519"].includes(String(header.alg).toLowerCase())) {
    throw new JwtError(`not a JWT of NATS: its header's alg is ${show(header.alg)}, not "ed25519-nkey"`);
  }
  const claims = parseObject(body, "claims") as DecodedClaims;
  const type = claims.nats?.type ?? claims.type;
  return {
    header,
    claims,
    type: typeof type === "string" ? type : "",
    signed: `${head}.${body}`,
    signature: decodePart(tail, "signature"),
  };
}

/**
 * Takes a JWT apart and makes sure that the key it names as its issuer signed it, and that a key of this kind may sign such claims.
 * Whether the issuer is trusted and whether the JWT has expired is left to the caller.
 *
 * @throws JwtError
 */
export function verifyJwt(text: string): DecodedJwt {
  const decoded = decodeJwt(text);
  const { claims, type, signed, signature } = decoded;
  if (claims.nats?.version !== 2)
    throw new JwtError(`its claims are of version ${show(claims.nats?.version ?? 1)}; only version 2 can be verified`);
  const issuer = issuerOf(claims);
  const allowed = ISSUERS[type];
  if (allowed !== undefined && !allowed.includes(issuer.kind)) {
    throw new JwtError(
      `${type} claims cannot be signed by a key of kind ${issuer.kind}; allowed is ${allowed.join(" or ")}`,
    );
  }
  if (type === "account" && issuer.kind === "account" && claims.iss !== claims.sub) {
    throw new JwtError(
      "account claims are signed by an operator, or by the account itself; this is the key of another account",
    );
  }
  if (!verifySignature(issuer.raw, Buffer.from(signed), signature)) {
    throw new JwtError(`its signature is not one by ${show(claims.iss)}, so it was changed or signed by another key`);
  }
  return decoded;
}

function issuerOf(claims: DecodedClaims): { kind: KeyKind; raw: Uint8Array } {
  try {
    return decodePublic(String(claims.iss));
  } catch (error) {
    throw new JwtError(`its issuer is no key: ${error instanceof Error ? error.message : "unreadable"}`);
  }
}

function parseObject(part: string, what: string): Record<string, unknown> {
  const bytes = decodePart(part, what);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new JwtError(`not a JWT: its ${what} is not JSON in UTF-8`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new JwtError(`not a JWT: its ${what} is not a JSON object`);
  return value as Record<string, unknown>;
}

/** Strict, so that no two texts stand for one JWT: Node would pass over padding, stray characters and unused bits. */
function decodePart(part: string, what: string): Uint8Array {
  const bytes = Buffer.from(part, "base64url");
  if (bytes.toString("base64url") !== part)
    throw new JwtError(`not a JWT: its ${what} is not base64url without padding`);
  return bytes;
}
