import type { Platform, Role } from "../../../config/schema.ts";
import { contains, hasWildcard } from "../../../nats/subjects.ts";

/** What a role's permissions mean for one of its users. */
export interface Expectation {
  readonly mayPublish: (subject: string) => boolean;
  readonly maySubscribe: (pattern: string) => boolean;
}

/** Reads from a role what one of its users may do. */
export function expectationOf(role: Role, user: string): Expectation {
  const may = ({ allow, deny }: Role["publish"]) => {
    const covers = (subject: string) => (pattern: string) => contains(named(pattern, user), subject);
    return (subject: string) => allow.some(covers(subject)) && !deny.some(covers(subject));
  };
  return { mayPublish: may(role.publish), maySubscribe: may(role.subscribe) };
}

/** Subjects beyond the ones of the configuration that somebody might try. */
const strays = [
  "stray",
  "orders",
  "sensors.other.temperature",
  "commands.other.restart",
  "_INBOX.of.somebody",
  "$JS.API.INFO",
  "$SYS.REQ.SERVER.PING",
  "$SYS.REQ.CLAIMS.LIST",
  "$KV.bucket.key",
];

/** Plain subjects to try: for each subject of every role one that it matches, under the name of every user, and strays. */
export function subjectsToTry(platform: Platform): string[] {
  return [...new Set([...patternsOf(platform).map(sample), ...strays])].sort();
}

/** What to try to subscribe to: the plain subjects, and the patterns themselves. */
export function patternsToTry(platform: Platform): string[] {
  return [...new Set([...subjectsToTry(platform), ...patternsOf(platform), ">", "*", "*.>", "$SYS.>"])].sort();
}

/** A plain subject that a pattern matches. */
export function sample(pattern: string): string {
  return hasWildcard(pattern) ? pattern.replaceAll("*", "some").replaceAll(">", "some.thing") : pattern;
}

function patternsOf({ accounts }: Platform): string[] {
  return Object.values(accounts).flatMap(({ roles, users }) =>
    Object.values(roles).flatMap(({ publish, subscribe }) =>
      [publish.allow, publish.deny, subscribe.allow, subscribe.deny]
        .flat()
        .flatMap((pattern) => Object.keys(users).map((user) => named(pattern, user))),
    ),
  );
}

function named(pattern: string, user: string): string {
  return pattern.replaceAll("{{name()}}", user);
}
