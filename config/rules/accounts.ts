import { nearest } from "../nearest.ts";
import { type Finding, listed, type Path, show } from "../problem.ts";
import type { Account } from "../schema.ts";
import type { Rule } from "./rule.ts";

/** Roles that exist, JetStream where it can be, and what MQTT needs. */
export const accounts: Rule = function* ({ accounts }) {
  for (const [name, account] of Object.entries(accounts)) {
    const path = ["accounts", name];
    yield* jetStream(name, account, [...path, "jetstream"]);
    for (const [roleName, role] of Object.entries(account.roles)) {
      const types = role.connectionTypes.filter((type) => type.startsWith("MQTT"));
      if (types.length > 0) yield* mqtt(types.join(" and "), role.bearer, account, [...path, "roles", roleName]);
    }
    for (const [userName, { role }] of Object.entries(account.users)) {
      if (role === undefined || Object.hasOwn(account.roles, role)) continue;
      yield {
        path: [...path, "users", userName, "role"],
        found: show(role),
        allowed: `account ${name} has ${existing("role", Object.keys(account.roles), role)}`,
        given: [[...path, "roles", role]],
      };
    }
  }
};

function* jetStream(name: string, { jetstream }: Account, path: Path): Generator<Finding> {
  if (jetstream === undefined) return;
  if (name === "SYS") {
    // nats-server 2.15: "Not allowed to enable JetStream on the system account", and it does not start.
    yield { path, found: "JetStream settings", allowed: "the system account cannot have JetStream: leave them out" };
  } else if (jetstream.disk === 0 && jetstream.memory === 0) {
    // In an account JWT, JetStream without storage is no JetStream.
    yield {
      path,
      found: "neither disk nor memory",
      allowed: "JetStream needs at least one of them",
      given: [
        [...path, "disk"],
        [...path, "memory"],
      ],
    };
  }
}

function* mqtt(types: string, bearer: boolean, account: Account, path: Path): Generator<Finding> {
  if (!bearer) {
    yield {
      path: [...path, "bearer"],
      found: "false",
      allowed: "MQTT clients need true: they send their JWT as the password and cannot sign",
    };
  }
  if (account.jetstream === undefined) {
    yield {
      path: [...path, "connectionTypes"],
      found: types,
      allowed: "MQTT sessions need JetStream in the account: add jetstream to it",
      given: [[...path.slice(0, 2), "jetstream"]],
    };
  }
}

/** `only the roles a and b`, or `no roles`; with the one that `wanted` was probably meant to be. */
export function existing(what: string, names: readonly string[], wanted: string, several = `${what}s`): string {
  if (names.length === 0) return `no ${several}`;
  const guess = names.length > 1 ? nearest(wanted, names) : undefined;
  const suggestion = guess === undefined ? "" : `; did you mean ${guess}?`;
  return `only the ${names.length > 1 ? several : what} ${listed([...names].sort(), "and")}${suggestion}`;
}
