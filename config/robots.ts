import { robotUsers } from "./generated-entries.ts";
import { userTag } from "./names.ts";
import { type Finding, type Path, show } from "./problem.ts";
import { existing } from "./rules/accounts.ts";
import type { Account, Platform, TokenEntry } from "./schema.ts";

/** A platform in which robots of format nats are users of their accounts. */
export interface WithRobots {
  readonly platform: Platform | undefined;
  readonly findings: readonly Finding[];
  /** Where a robot stands that a path among the users means. */
  readonly asWrittenAt: (path: Path) => Path;
}

/** Where a robot stands, and where it says where it goes. */
interface Robot {
  readonly path: Path;
  readonly deliver: Path;
}

/**
 * Makes users of the robots that talk to NATS: there is one list of users, and each has one owner. Who may receive a robot's credentials is
 * then decided like for every other user.
 */
export function withRobots(platform: Platform | undefined): WithRobots {
  if (platform === undefined) return { platform, findings: [], asWrittenAt: (path) => path };
  const accounts: Record<string, Account> = { ...platform.accounts };
  const findings: Finding[] = [];
  const places = new Map<string, Robot>();
  for (const [name, entry] of robotUsers(platform.secrets)) {
    const path = ["secrets", "natsJwtAuth", name];
    const robot = entry.robotName ?? name;
    const accountName = entry.account ?? "";
    const account = Object.hasOwn(accounts, accountName) ? accounts[accountName] : undefined;
    const destinations = (entry.deliver ?? platform.secrets.deliver).length;
    const problem = problemOf(platform, entry, robot, account, path, destinations);
    if (problem !== undefined) findings.push(problem);
    if (problem !== undefined || account === undefined) continue;
    accounts[accountName] = { ...account, users: { ...account.users, [robot]: userOf(platform, entry) } };
    const deliver = entry.deliver === undefined ? ["secrets", "deliver"] : [...path, "deliver"];
    places.set(userPlace(accountName, robot), { path, deliver });
  }
  return { platform: { ...platform, accounts }, findings, asWrittenAt: (path) => writtenAt(places, path) };
}

function userOf({ secrets }: Platform, entry: TokenEntry): Account["users"][string] {
  const { role, rotation, claims, secretName, immutable } = entry;
  const deliver = (entry.deliver ?? secrets.deliver).map(({ region, namespace }) => ({
    ...{ region, namespace, secret: secretName, immutable },
    format: "creds" as const,
  }));
  return { rotation, tags: claims, deliver, ...(role === undefined ? {} : { role }) };
}

function problemOf(
  { accounts }: Platform,
  { account: name, claims, generate, overwrite, tokenFrom }: TokenEntry,
  robot: string,
  account: Account | undefined,
  path: Path,
  destinations: number,
): Finding | undefined {
  if (account === undefined) {
    const allowed = `format nats makes a user, and there is ${existing("account", Object.keys(accounts), name ?? "")}`;
    return { path: [...path, "account"], found: show(name), allowed };
  }
  if (Object.hasOwn(account.users, robot)) {
    const allowed = `account ${name ?? ""} has a user of this name already: each user has one owner`;
    return { path: [...path, "robotName"], found: show(robot), allowed };
  }
  if (!generate) {
    const allowed = "the credentials of format nats follow from the account's keys: set it to true";
    return { path: [...path, "generate"], found: "false", allowed };
  }
  if (tokenFrom !== undefined) {
    const allowed = "it goes with the other formats: what format nats delivers follows from the account's keys";
    return { path: [...path, "tokenFrom"], found: "a token that is given", allowed };
  }
  if (destinations === 0) {
    const allowed = "nothing says where its credentials are to be: give it deliver, or all of them secrets.deliver";
    return { path, found: "no region and namespace", allowed };
  }
  if (!overwrite) {
    const allowed = "users' credentials take the place of a Secret of that name that is there: say so with true";
    return { path: [...path, "overwrite"], found: "false", allowed };
  }
  const wrong = claims.findIndex((claim) => !userTag.pattern.test(claim));
  if (wrong === -1) return undefined;
  const allowed = `format nats puts it into the user's tags: ${userTag.allowed}`;
  return { path: [...path, "claims", wrong], found: show(claims[wrong]), allowed };
}

function writtenAt(places: ReadonlyMap<string, Robot>, path: Path): Path {
  const [accounts, account, users, user, ...rest] = path;
  if (accounts !== "accounts" || users !== "users") return path;
  const place = places.get(userPlace(String(account), String(user)));
  if (place === undefined) return path;
  // A user's delivery names its Secret; a robot's has its own field for it.
  if (rest.at(-1) === "secret") return [...place.path, "secretName"];
  return rest[0] === "deliver" ? [...place.deliver, ...rest.slice(1)] : [...place.path, ...rest];
}

function userPlace(account: string, user: string): string {
  return JSON.stringify([account, user]);
}
