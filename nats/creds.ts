import { decodeJwt } from "./jwt.ts";
import { decodeSeed, NkeyError, type Seed } from "./nkeys.ts";

/** A text that is not a credentials file. The message never contains any of it. */
export class CredsError extends Error {
  override readonly name = "CredsError";
}

/** The content of a user's credentials file, in the layout that nsc writes. */
export function formatCreds(jwt: string, seed: Seed): string {
  return `-----BEGIN NATS USER JWT-----
${jwt}
------END NATS USER JWT------

************************* IMPORTANT *************************
NKEY Seed printed below can be used to sign and prove identity.
NKEYs are sensitive and should be treated as secrets.

-----BEGIN USER NKEY SEED-----
${seed}
------END USER NKEY SEED------

*************************************************************
`;
}

/** Reads a credentials file of any NATS tool: the first block is the JWT, the second the seed. @throws CredsError */
export function parseCreds(text: string): { jwt: string; seed: Seed } {
  const jwt = block(text, "NATS USER JWT") ?? fail("it has no block NATS USER JWT");
  const seed = block(text, "USER NKEY SEED") ?? fail("it has no block USER NKEY SEED");
  decodeJwt(jwt);
  try {
    if (decodeSeed(seed).kind !== "user") fail("its seed is not one of a user");
  } catch (error) {
    if (error instanceof NkeyError) fail(error.message);
    throw error;
  }
  return { jwt, seed: seed as Seed };
}

function block(text: string, title: string): string | undefined {
  return new RegExp(`-{3,} *BEGIN ${title} *-{3,}\\s+([^\\s-][^\\s]*)\\s+-{3,} *END ${title} *-{3,}`).exec(text)?.[1];
}

function fail(reason: string): never {
  throw new CredsError(`not a credentials file: ${reason}`);
}
