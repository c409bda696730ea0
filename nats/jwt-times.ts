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
