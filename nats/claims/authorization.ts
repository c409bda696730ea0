import type { PublicNkey } from "../nkeys.ts";
import type { Report } from "../problem.ts";
import { checkKey } from "./fields.ts";

/** Lets a service decide about users (auth callout). */
export interface ExternalAuthorization {
  /** Users that are not sent to the service, such as the service itself. */
  auth_users?: PublicNkey[];
  /** Accounts that the service may put a user into, or `["*"]`. */
  allowed_accounts?: (PublicNkey | "*")[];
  /** Curve key that requests are encrypted for. */
  xkey?: PublicNkey;
}

/** Reports keys of the wrong kind and lists that contradict each other. */
export function checkAuthorization(authorization: ExternalAuthorization, path: string, report: Report): void {
  const { auth_users: users = [], allowed_accounts: accounts = [], xkey } = authorization;
  for (const [index, user] of users.entries()) checkKey(user, "user", `${path}.auth_users[${index}]`, report);
  for (const [index, account] of accounts.entries()) {
    if (account !== "*") checkKey(account, "account", `${path}.allowed_accounts[${index}]`, report);
  }
  if (accounts.includes("*") && accounts.length > 1)
    report(
      `${path}.allowed_accounts`,
      `${accounts.length} entries with *`,
      'it must be a list of accounts, or "*" alone',
    );
  if (accounts.length > 0 && users.length === 0)
    report(`${path}.auth_users`, "none", "allowed_accounts needs at least one user that runs the service");
  if (xkey !== undefined) checkKey(xkey, "curve", `${path}.xkey`, report);
}
