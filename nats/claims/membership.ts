import type { PublicNkey } from "../nkeys.ts";
import { collectProblems, show, type Problem } from "../problem.ts";
import type { AccountClaims } from "./account.ts";
import { isScoped } from "./user-limits.ts";
import type { UserClaims } from "./user.ts";

/**
 * All that is wrong between a user and its account: what a server would answer with a bare "Authorization Violation".
 *
 * @param issuer the key that signs, or signed, the user
 * @param isStrict whether the operator has `strict_signing_key_usage`, so that the account's identity signs no user
 */
export function validateMembership(
  user: UserClaims,
  account: AccountClaims,
  issuer: PublicNkey,
  isStrict: boolean,
): Problem[] {
  return collectProblems((report) => {
    const { issuer_account: named } = user.nats;
    if (issuer === account.sub) {
      if (isStrict)
        report("iss", issuer, "the operator is strict, so a signing key of the account must sign, not its identity");
    } else if (named !== account.sub) {
      report("nats.issuer_account", named, `it must name the account, ${account.sub}`);
    }

    const entry = (account.nats.signing_keys ?? []).find((key) => (typeof key === "string" ? key : key.key) === issuer);
    if (entry === undefined && issuer !== account.sub)
      report("iss", issuer, "it is not one of the account's signing keys");

    const scope = typeof entry === "object" ? entry : undefined;
    if (scope !== undefined && !isScoped(user.nats)) {
      report(
        "nats",
        "permissions or limits",
        `the key of role ${show(scope.role)} signs only users that leave them to its template`,
      );
    }
    if (scope === undefined && isScoped(user.nats)) {
      report("nats", "no limits", "a key without a template must sign limits, or the server allows the user nothing");
    }
    if (account.nats.limits.disallow_bearer === true && user.nats.bearer_token === true) {
      report("nats.bearer_token", true, "the account's limits have disallow_bearer");
    }
  });
}
