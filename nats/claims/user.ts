import type { PublicNkey } from "../nkeys.ts";
import { collectProblems, type Problem } from "../problem.ts";
import type { ClaimsBase } from "./claims.ts";
import { checkBase, checkKey, checkTags, SAFE_NAME } from "./fields.ts";
import { checkUserLimits, isScoped, UNLIMITED_USER, type UserPermissionLimits } from "./user-limits.ts";

/** The claims of a user JWT, as they stand on the wire. */
export interface UserClaims extends ClaimsBase {
  nats: UserPermissionLimits & {
    /** The account, when one of its signing keys signs instead of its identity. */
    issuer_account?: PublicNkey;
    tags?: string[];
    type: "user";
    version: 2;
  };
}

type UserFields = Omit<UserClaims["nats"], "type" | "version">;

/** A user with permissions of its own; limits that are not given are unlimited. */
export function userClaims(user: ClaimsBase & { nats?: UserFields }): UserClaims {
  return { ...user, nats: { ...UNLIMITED_USER, ...user.nats, type: "user", version: 2 } };
}

/** A user whose permissions and limits are all in the template of the scoped signing key that signs it. */
export function scopedUserClaims(
  user: ClaimsBase & { nats: { issuer_account: PublicNkey; tags?: string[] } },
): UserClaims {
  return { ...user, nats: { ...user.nats, type: "user", version: 2 } };
}

/**
 * All that is wrong with the claims of a user. Whether the account knows the signing key cannot be seen here.
 * A user without any permission and limit counts as scoped; its name and tags go into subjects, so they must be safe.
 */
export function validateUser(claims: UserClaims): Problem[] {
  return collectProblems((report) => {
    const { nats } = claims;
    checkBase(claims, "user", report);
    if (nats.issuer_account !== undefined) checkKey(nats.issuer_account, "account", "nats.issuer_account", report);
    checkTags(nats.tags, isScoped(nats), "nats.tags", report);
    if (!isScoped(nats)) {
      checkUserLimits(nats, false, "nats", report);
      return;
    }
    if (nats.issuer_account === undefined) {
      report(
        "nats.issuer_account",
        undefined,
        "a user without limits needs a scoped signing key, and then the account must be named",
      );
    }
    if (!SAFE_NAME.test(claims.name ?? "")) {
      report(
        "name",
        claims.name,
        'the name of a scoped user is put into subjects, so only letters, digits, "_" and "-" are allowed',
      );
    }
  });
}
