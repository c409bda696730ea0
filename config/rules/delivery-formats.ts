import { isForMqtt } from "../../nats/credential-fields.ts";
import { type Finding, listed, type Path, show } from "../problem.ts";
import type { Account, User } from "../schema.ts";
import { lackingForSessions } from "./mqtt-sessions.ts";
import type { Rule } from "./rule.ts";

/** Credentials are delivered in no form with which nobody could sign in. */
export const deliveryFormats: Rule = function* ({ accounts }) {
  for (const [name, account] of Object.entries(accounts)) {
    for (const [userName, user] of Object.entries(account.users)) {
      for (const [position, { format }] of user.deliver.entries()) {
        if (!isForMqtt(format)) continue;
        const path = ["accounts", name, "users", userName, "deliver", position, "format"];
        yield* withoutBearer(name, account, userName, user, format, path);
        yield* withoutSessions(name, account, format, path);
      }
    }
  }
};

/**
 * nats-server 2.15 with an operator looks for a JWT in the password of MQTT clients and nowhere else, whatever a URL says; and a JWT
 * is enough only for a bearer.
 */
function* withoutBearer(
  name: string,
  { roles }: Account,
  userName: string,
  { role: roleName }: User,
  format: string,
  path: Path,
): Generator<Finding> {
  const rolePath = ["accounts", name, "roles", roleName ?? ""];
  const why = "its server takes a JWT as the password from MQTT clients alone";
  const role = roleName !== undefined && Object.hasOwn(roles, roleName) ? roles[roleName] : undefined;
  if (role?.bearer !== true) {
    // A role that does not exist is another rule's finding.
    if (roleName !== undefined && role === undefined) return;
    const which = roleName === undefined ? `user ${userName} has none` : `role ${roleName} is not one`;
    yield {
      path,
      found: show(format),
      allowed: `${why}, and only that of a role with bearer: true, which has no key to prove: ${which}; creds, jwt and context work for it`,
      given: [
        [...rolePath, "bearer"],
        ["accounts", name, "users", userName, "role"],
      ],
    };
  } else if (role.connectionTypes.length > 0 && !role.connectionTypes.includes("MQTT")) {
    yield {
      path,
      found: show(format),
      allowed: `${why}, and role ${String(roleName)} may connect as ${listed(role.connectionTypes, "and")} only: add MQTT to its connectionTypes`,
      given: [[...rolePath, "connectionTypes"]],
    };
  }
}

function* withoutSessions(name: string, account: Account, format: string, path: Path): Generator<Finding> {
  const lacking = lackingForSessions(name, account);
  if (lacking === undefined) return;
  const allowed = `it is for MQTT clients, whose sessions are ${lacking.allowed}`;
  yield { path, found: show(format), allowed, given: lacking.given };
}
