import type { Path } from "./problem.ts";
import type { Platform } from "./schema.ts";

/** One `seedFrom`: where it stands, which secret configuration value it names, and what kind of seed that must be. */
export interface SeedUse {
  readonly path: Path;
  readonly name: string;
  readonly kind: "operator" | "account" | "user";
}

/** Every `seedFrom` of a platform. A role's key is a signing key of its account, hence an account seed. */
export function* seedUses({ operator, accounts }: Pick<Platform, "operator" | "accounts">): Generator<SeedUse> {
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
}

function* use(owner: Path, { seedFrom }: { seedFrom?: string }, kind: SeedUse["kind"]): Generator<SeedUse> {
  if (seedFrom !== undefined) yield { path: [...owner, "seedFrom"], name: seedFrom, kind };
}
