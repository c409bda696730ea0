import { createHash } from "node:crypto";
import type { ControllerSettings, IssuingAccount } from "../../components/discovery/settings.ts";
import { dnsSubdomain } from "../../config/names.ts";
import { existing } from "../../config/rules/accounts.ts";
import { show } from "../../nats/problem.ts";
import { accessProblem, accountsFor } from "./allowed.ts";
import { placeOf, userNameOf, type Request } from "./request.ts";
import type { Reason, Refusal } from "./refusal.ts";
import { parseSubjects } from "./subject-list.ts";

/** What an object may have. */
export interface Wish {
  readonly account: string;
  /** Absent: the whole account, or what `own` says. */
  readonly role?: string;
  /** Permissions that annotations make up, each list in order. */
  readonly own?: { readonly publish: readonly string[]; readonly subscribe: readonly string[] };
  /** The object does not name this operator. */
  readonly isDefaultInstallation: boolean;
}

/** What tells a wish from others for the same place; it holds no list of subjects, which may be long. */
export interface WishId {
  readonly account: string;
  readonly role?: string;
  /** Hash of the permissions that annotations make up. */
  readonly own?: string;
}

/** The identity of a wish. */
export function wishId({ account, role, own }: Wish): WishId {
  const hash =
    own &&
    createHash("sha256")
      .update(JSON.stringify([own.publish, own.subscribe]))
      .digest("hex");
  return {
    account,
    ...(role === undefined ? {} : { role }),
    ...(hash === undefined ? {} : { own: hash.slice(0, 16) }),
  };
}

/** Whether two wishes are for the same user. */
export function isSameWish(one: WishId, other: WishId): boolean {
  return one.account === other.account && one.role === other.role && one.own === other.own;
}

/** A wish in the words of messages. */
export function wishInWords({ account, role, own }: WishId): string {
  if (own !== undefined) return `account ${account} with permissions of its own`;
  return role === undefined ? `all of account ${account}` : `account ${account}, role ${role}`;
}

/** What a request asks for, if it may have it; otherwise why not. Depends on nothing but its arguments. */
export function judge(request: Request, settings: ControllerSettings): { wish: Wish } | { refusal: Refusal } {
  const { object, prefix } = request;
  const label = (word: string) => object.labels[`${prefix}${word}`];
  const refuse = (reason: Reason, message: string) => ({ refusal: { reason, message } });

  const installation = label("installation");
  if (installation === undefined && !settings.defaultInstallation) {
    const allowed = `this operator is ${settings.operator}, and there is no default installation here`;
    return refuse("MissingInstallationLabel", `found no label ${prefix}installation, but it is needed: ${allowed}`);
  }
  if (installation !== undefined && installation !== settings.operator) {
    const found = `label ${prefix}installation: found ${show(installation)}`;
    return refuse("InvalidInstallationLabel", `${found}, but this operator is ${settings.operator}`);
  }
  const type = label("credential-type");
  if (type !== undefined && type !== "user") {
    return refuse(
      "ErrorCreatingUserAuth",
      `label ${prefix}credential-type: found ${show(type)}, but only user is known`,
    );
  }
  // An Account of NACK is the account that its name says; account names may have letters that names of Kubernetes can't.
  const name = label("account") ?? (object.kind === "Account" ? object.name : "");
  if (name === "") {
    return refuse("MissingAccountLabel", `found no label ${prefix}account, but it must name the account to connect to`);
  }
  const place = placeOf(request);
  if (place === undefined || !dnsSubdomain.pattern.test(place.secret)) {
    const found = `label ${prefix}secret: found ${show(place?.secret ?? "")}`;
    return refuse("ErrorUpsertingSecret", `${found}, but it becomes the name of a Secret: ${dnsSubdomain.allowed}`);
  }
  const account = Object.hasOwn(settings.accounts, name) ? settings.accounts[name] : undefined;
  if (account === undefined) {
    const here = existing("account", accountsFor(settings, object.namespace), name);
    const where = `namespace ${object.namespace} may have ${here} (regions.${settings.region}.discovery.accounts, accounts.*.allow)`;
    return refuse("ErrorK8sAccessNotAllowed", `account: found ${show(name)}, but ${where}`);
  }
  const wish = wishFor(name, account, request);
  if ("refusal" in wish) return wish;
  const problem = accessProblem(name, account, settings.region, object.namespace, wish.wish);
  if (problem !== undefined) return refuse("ErrorK8sAccessNotAllowed", problem);

  const writer = settings.taken.find(
    ({ namespace, secret }) => namespace === place.namespace && secret === place.secret,
  );
  if (writer !== undefined) {
    const secret = `Secret ${place.namespace}/${place.secret}`;
    return refuse("ErrorUpsertingSecret", `${secret} is written by ${writer.by}: choose another name`);
  }
  const user = userNameOf(settings.region, place);
  if (account.users.includes(user)) {
    const taken = `accounts.${name}.users.${user} has the name that the user for this Secret would have`;
    return refuse("ErrorCreatingUserAuth", `${taken}: choose another name`);
  }
  return { wish: { ...wish.wish, isDefaultInstallation: installation === undefined } };
}

type Found = { wish: Omit<Wish, "isDefaultInstallation"> } | { refusal: Refusal };

function wishFor(name: string, account: IssuingAccount, { object, prefix }: Request): Found {
  const role = object.labels[`${prefix}role`];
  if (role !== undefined && Object.hasOwn(account.roles, role)) return { wish: { account: name, role } };
  const publish = object.annotations[`${prefix}publish`];
  const subscribe = object.annotations[`${prefix}subscribe`];
  const isMadeUp = publish !== undefined || subscribe !== undefined;
  if (role === undefined) {
    if (!isMadeUp) return { wish: { account: name } };
    const message = `found annotations ${prefix}publish or ${prefix}subscribe, but they need a label ${prefix}role beside them, with a name that is no role of account ${name}`;
    return { refusal: { reason: "MissingRoleLabel", message } };
  }
  if (!isMadeUp) {
    const allowed = `account ${name} has ${existing("role", Object.keys(account.roles), role)} (accounts.${name}.roles), and no annotations say what it may do`;
    return {
      refusal: { reason: "ErrorCreatingUserAuth", message: `label ${prefix}role: found ${show(role)}, but ${allowed}` },
    };
  }
  const lists = { publish: parseSubjects(publish ?? "", false), subscribe: parseSubjects(subscribe ?? "", true) };
  for (const [word, list] of Object.entries(lists)) {
    if (!("problem" in list)) continue;
    return {
      refusal: { reason: "ErrorCreatingUserAuth", message: `annotation ${prefix}${word}: ${list.problem}` },
    };
  }
  const subjects = (list: (typeof lists)["publish"]) => ("subjects" in list ? list.subjects : []);
  return { wish: { account: name, own: { publish: subjects(lists.publish), subscribe: subjects(lists.subscribe) } } };
}
