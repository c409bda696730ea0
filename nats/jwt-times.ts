/** Whether a text has the form of a signed JWT: three parts of base64url between dots. */
export function isCompactJwt(text: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text);
}

/** When a JWT that has expired did so, as ISO 8601; undefined for every other one. */
export function expiredAt(token: string): string | undefined {
  const { expiresAt } = decodeJwtTimes(token);
  if (expiresAt === undefined || expiresAt > Date.now() / 1000) return undefined;
  return new Date(expiresAt * 1000).toISOString();
}

/** When a JWT of whatever kind was issued and expires, in whole seconds since 1970, as far as it says; nothing in it is verified. */
export function decodeJwtTimes(token: string): { issuedAt?: number; expiresAt?: number } {
  const [, body = ""] = token.split(".");
  let claims: { iat?: unknown; exp?: unknown } | null;
  try {
    claims = JSON.parse(Buffer.from(body, "base64url").toString()) as typeof claims;
  } catch {
    return {};
  }
  const { iat, exp } = claims ?? {};
  return {
    ...(typeof iat === "number" ? { issuedAt: iat } : {}),
    ...(typeof exp === "number" ? { expiresAt: exp } : {}),
  };
}
