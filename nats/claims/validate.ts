import { formatProblem, show, type Problem } from "../problem.ts";
import { validateAccount, type AccountClaims } from "./account.ts";
import type { Claims } from "./claims.ts";
import { validateOperator, type OperatorClaims } from "./operator.ts";
import { validateUser, type UserClaims } from "./user.ts";

/** Claims that must not be signed, with everything that is wrong with them. */
export class ClaimsError extends Error {
  override readonly name = "ClaimsError";
  readonly problems: readonly Problem[];

  constructor(claims: Claims, problems: readonly Problem[]) {
    const what = `The ${claims.nats.type} ${show(claims.name ?? claims.sub)}`;
    super([`${what} cannot be signed:`, ...problems.map(formatProblem)].join("\n  "));
    this.problems = problems;
  }
}

/** All that is wrong with the claims, whatever their kind. */
export function validateClaims(claims: Claims): Problem[] {
  switch (claims.nats.type) {
    case "operator":
      return validateOperator(claims as OperatorClaims);
    case "account":
      return validateAccount(claims as AccountClaims);
    case "user":
      return validateUser(claims as UserClaims);
    default:
      return [
        {
          path: "nats.type",
          found: String(claims.nats satisfies never),
          allowed: "allowed are operator, account and user",
        },
      ];
  }
}
