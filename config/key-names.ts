import { generatedEntries, generationNames } from "./generated-entries.ts";
import type { Platform } from "./schema.ts";

/** A key of a platform. */
export interface KeyName {
  readonly name: string;
  /** With Transit, it is one of those that are made there and never leave. */
  readonly isSigning: boolean;
}

/** Every key that a platform mints, by the name that it has in its store. */
export function keyNames({
  accounts,
  regions,
  secrets,
}: Pick<Platform, "accounts" | "regions" | "secrets">): KeyName[] {
  const key = (name: string) => ({ name, isSigning: false });
  const signing = (name: string) => ({ name, isSigning: true });
  return [
    key("operator"),
    signing("operator.signing-1"),
    signing("operator.signing-2"),
    ...Object.entries(accounts).flatMap(([account, { roles, users }]) => [
      key(`account.${account}`),
      signing(`account.${account}.signing`),
      key(`account.${account}.users`),
      ...Object.keys(roles).map((role) => signing(`account.${account}.role.${role}`)),
      ...Object.entries(users).flatMap(([user, { seedFrom }]) =>
        seedFrom === undefined ? [] : [key(`account.${account}.user.${user}`)],
      ),
    ]),
    ...Object.keys(regions).map((region) => key(`${region}.routes`)),
    ...[...generatedEntries(secrets)].flatMap((generated) => generationNames(secrets, generated).map(key)),
  ];
}
