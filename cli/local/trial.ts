import type { Account, Role } from "../../config/schema.ts";
import { contains } from "../../nats/subjects.ts";
import type { Credential } from "./credentials.ts";

/** A first thing to try: one user publishes what another receives. */
export interface Trial {
  readonly publisher: Credential;
  readonly subject: string;
  /** Someone of the same account who may hear it. */
  readonly listener: Credential | undefined;
}

type Accounts = Readonly<Record<string, Account>>;

/** Finds users that can show a message going through; undefined where nobody may publish. */
export function findTrial(accounts: Accounts, credentials: readonly Credential[]): Trial | undefined {
  const trials = inOrder(accounts, credentials).flatMap((publisher): Trial[] => {
    const subject = subjectToTry(publisher.user, roleOf(accounts, publisher));
    if (subject === undefined) return [];
    const hears = (it: Credential) =>
      it.account === publisher.account && may(it.user, roleOf(accounts, it)?.subscribe, subject);
    const listeners = credentials.filter(hears);
    return [{ publisher, subject, listener: listeners.find((it) => it !== publisher) ?? listeners[0] }];
  });
  return trials.find(({ listener }) => listener !== undefined) ?? trials[0];
}

/** In the order of the configuration, whose first users are the ones that its reader knows. */
function inOrder(accounts: Accounts, credentials: readonly Credential[]): Credential[] {
  const names = Object.entries(accounts).flatMap(([account, { users }]) =>
    Object.keys(users).map((user) => `${account}/${user}`),
  );
  const place = ({ account, user }: Credential) => names.indexOf(`${account}/${user}`);
  return credentials.toSorted((a, b) => place(a) - place(b));
}

function roleOf(accounts: Accounts, { account, user }: Credential): Role | undefined {
  const role = accounts[account]?.users[user]?.role;
  return role === undefined ? undefined : accounts[account]?.roles[role];
}

/** A subject that the user may publish to, and that is no part of NATS itself. */
function subjectToTry(user: string, role: Role | undefined): string | undefined {
  if (role === undefined) return "hello";
  return role.publish.allow
    .filter((pattern) => !/^[$_]/.test(pattern))
    .map((pattern) => named(pattern, user).replaceAll(/[*>]/g, "hello"))
    .find((subject) => !subject.includes("{{") && may(user, role.publish, subject));
}

/** Whether permissions allow a subject; without any, everything is allowed. */
function may(user: string, permissions: Role["publish"] | undefined, subject: string): boolean {
  if (permissions === undefined) return true;
  const matches = (pattern: string) => contains(named(pattern, user).split(" ")[0] ?? "", subject);
  return permissions.allow.some(matches) && !permissions.deny.some(matches);
}

function named(pattern: string, user: string): string {
  return pattern.replaceAll("{{name()}}", user);
}
