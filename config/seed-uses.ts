import { generatedEntries, givenField, givenFrom } from "./generated-entries.ts";
import type { Path } from "./problem.ts";
import type { Platform } from "./schema.ts";

/**
 * What an existing secret may be: a seed of an nkey by its kind (`nkey`: of a user or an account), a password, a JWT of NATS (`token`),
 * a token of another system (`bearer`), a password of another system (`foreignPassword`: a registry's may be a document), or a private
 * key in PEM, with `tlsKey` also after the parameters of its curve, which no reader of SSH keys takes.
 */
export type GivenKind =
  | "operator"
  | "account"
  | "user"
  | "nkey"
  | "password"
  | "token"
  | "bearer"
  | "foreignPassword"
  | "privateKey"
  | "tlsKey";

/** One `seedFrom` (or `passwordFrom`, `tokenFrom`): where it stands, which secret configuration value it names, and what that must be. */
export interface SeedUse {
  readonly path: Path;
  readonly name: string;
  readonly kind: GivenKind;
  /** What the public key of a seed has to be, where the configuration says it. */
  readonly publicKey?: string;
}

/** Every `seedFrom` of a platform, and its like. A role's key is a signing key of its account, hence an account seed. */
export function* seedUses({
  operator,
  accounts,
  secrets,
}: Pick<Platform, "operator" | "accounts" | "secrets">): Generator<SeedUse> {
  yield* use(["operator"], operator, "operator");
  for (const [name, account] of Object.entries(accounts)) {
    yield* use(["accounts", name], account, "account");
    for (const [role, settings] of Object.entries(account.roles)) {
      yield* use(["accounts", name, "roles", role], settings, "account");
    }
    for (const [user, settings] of Object.entries(account.users)) {
      yield* use(["accounts", name, "users", user], settings, "user");
    }
  }
  for (const generated of generatedEntries(secrets)) {
    const name = givenFrom(generated);
    const { family, entry, path } = generated;
    const kind = family === "natsNKeys" ? (entry.kind ?? "nkey") : family === "natsAuth" ? "password" : "token";
    const publicKey = family === "natsNKeys" && entry.publicKey !== "" ? entry.publicKey : undefined;
    if (name === undefined) continue;
    yield { path: [...path, givenField(generated)], name, kind, ...(publicKey === undefined ? {} : { publicKey }) };
  }
}

function* use(owner: Path, { seedFrom }: { seedFrom?: string }, kind: SeedUse["kind"]): Generator<SeedUse> {
  if (seedFrom !== undefined) yield { path: [...owner, "seedFrom"], name: seedFrom, kind };
}
