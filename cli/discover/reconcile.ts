import type { ControllerSettings } from "../../components/discovery/settings.ts";
import { ClaimsError } from "../../nats/claims/validate.ts";
import {
  createSecret,
  deleteSecret,
  readSecret,
  replaceSecret,
  type LiveSecret,
  type SecretsApi,
} from "../../providers/kubernetes/secret.ts";
import { Trouble } from "../../tools/project.ts";
import { accountsFor } from "./allowed.ts";
import { credentialSecret, differenceOf, formerUser, isOwn } from "./credential-secret.ts";
import { decide, isSameDecision, type Decision, type Grant } from "./decide.ts";
import type { Events } from "./events.ts";
import type { Grace } from "./grace.ts";
import type { Issue } from "./issuers.ts";
import type { Ledger } from "./ledger.ts";
import type { Held } from "./ledger-entry.ts";
import { reasonOf, type Log } from "./log.ts";
import { placeOfKey, userNameOf, type Place } from "./request.ts";
import { isSameWish, wishId, wishInWords } from "./wish.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Withdrawn } from "./withdrawn.ts";

/** What it takes to bring places into the state that is asked for. */
export interface ReconcileArgs {
  readonly settings: ControllerSettings;
  readonly snapshot: Snapshot;
  readonly ledger: Ledger;
  readonly withdrawn: Withdrawn;
  readonly issue: Issue;
  readonly secrets: SecretsApi;
  readonly grace: Grace;
  readonly events: Events;
  readonly log: Log;
}

/** How often a place may change under our hands before it has to wait for its turn. */
const ROUNDS = 5;

/** Brings one place into the state that is asked for now, whatever was done before. It fails as a whole, and can be done again. */
export type Reconcile = (key: string) => Promise<void>;

/** Makes a {@link Reconcile}. */
export function reconciler(args: ReconcileArgs): Reconcile {
  const { snapshot, ledger, withdrawn, settings, events, grace } = args;
  const decideNow = (key: string) => decide(placeOfKey(key), snapshot.at(key), ledger.get(key).held, settings);
  return async (key) => {
    for (let round = 0; round < ROUNDS; round++) {
      const decision = decideNow(key);
      for (const { object, refusal } of decision.refusals) events.refuse(object, refusal);
      // Whom the account refuses has to wait for nothing.
      const isUnasked = decision.grant === undefined && decision.refusals.length === 0;
      const { held } = ledger.get(key);
      // One that is listed already has had its time, and is only not deleted yet.
      if (isUnasked && held !== undefined && !withdrawn.has(held.user) && !grace.isOver(key)) return;
      grace.forget(key);
      const isStill = () => isSameDecision(decision, decideNow(key));
      const isDone =
        decision.grant === undefined
          ? await release(args, key, whyNobody(decision), isStill)
          : await provide(args, key, decision.grant, isStill);
      if (isDone) return;
    }
    throw new Trouble(`place ${key}: it changes faster than it can be written`);
  };
}

/** Sees to it that a place holds what it should. False where it has changed meanwhile. */
async function provide(args: ReconcileArgs, key: string, grant: Grant, isStill: () => boolean): Promise<boolean> {
  const { settings, ledger, withdrawn, secrets, events, log } = args;
  const { wish, request } = grant;
  const place = placeOfKey(key);
  const entry = ledger.get(key);
  const accountKey = settings.accounts[wish.account]?.publicKey;
  if (accountKey === undefined) throw new Error(`account ${wish.account} is not among the settings`);
  const held = entry.held;
  const isSame =
    held !== undefined &&
    isSameWish(held, wishId(wish)) &&
    held.accountKey === accountKey &&
    held.rotation === settings.rotation &&
    !withdrawn.has(held.user);
  const generation = isSame
    ? entry.generation
    : Math.max(entry.generation + (held === undefined ? 0 : 1), withdrawn.nextGeneration(key));

  const issued = issuedOr(args.issue, place, grant, generation);
  if (issued instanceof Error) {
    events.refuse(request.object, { reason: "ErrorCreatingUserAuth", message: issued.message });
    return release(args, key, `no user can be made: ${issued.message}`, isStill);
  }
  const live = await readSecret(secrets, nameOf(place));
  if (live !== undefined && !isOwn(live, settings, held?.user)) {
    const message = `Secret ${place.namespace}/${place.secret}: found one that something else has made: choose another name, or delete it`;
    events.refuse(request.object, { reason: "ErrorUpsertingSecret", message });
    return true;
  }
  if (held === undefined && live !== undefined && (await learn(args, key, live, generation))) return false;
  if (held !== undefined && !isSame) await withdraw(args, key, held, whyAnother(held, grant, settings));
  const user = { ...wishId(wish), accountKey, user: issued.publicKey, rotation: settings.rotation };
  // Before the Secret: whatever happens now, what may have been handed out is known.
  if (!isSame) {
    if (!isStill()) return false;
    await ledger.put(key, { generation, held: user });
  }

  const expected = credentialSecret(place, grant, issued, generation, settings);
  const difference = live === undefined ? "it was not there" : differenceOf(live, expected);
  if (difference === undefined) return true;
  // From here to the write nothing else gets its turn: what is written is what is asked for.
  if (!isStill()) return false;
  const written = await reported(args, grant, () =>
    live === undefined ? createSecret(secrets, expected) : replaceSecret(secrets, live, expected),
  );
  if (written === undefined) return false;
  const done = live === undefined ? "Created" : "Updated";
  if (wish.isDefaultInstallation) {
    const message = `no label ${request.prefix}installation: this operator, ${settings.operator}, is the default`;
    events.did(request.object, "DefaultInstallation", message);
  }
  events.did(request.object, done, `Secret ${place.namespace}/${place.secret}: ${wishInWords(wishId(wish))}`);
  log("info", `${done.toLowerCase()} a Secret`, {
    namespace: place.namespace,
    secret: place.secret,
    ...wishId(wish),
    user: issued.publicKey,
    difference,
  });
  return true;
}

/** Takes back what a place holds, if it holds something. False where it has changed meanwhile. */
async function release(args: ReconcileArgs, key: string, why: string, isStill: () => boolean): Promise<boolean> {
  const { settings, ledger, log } = args;
  const { generation, held } = ledger.get(key);
  if (held === undefined) return true;
  const place = placeOfKey(key);
  // Before the Secret is looked at: where that is not allowed any more, it is known all the same whom to revoke.
  await withdraw(args, key, held, why);
  if (!(await remove(args, place, held, isStill))) return false;
  await ledger.put(key, { generation: generation + 1 });
  log("info", "took a Secret back", { ...place, account: held.account, user: held.user, why, region: settings.region });
  return true;
}

/** Deletes the Secret of a listed user. False where the place has changed meanwhile. @throws Trouble that says what is missing */
async function remove(args: ReconcileArgs, place: Place, held: Held, isStill: () => boolean): Promise<boolean> {
  const { settings, secrets } = args;
  try {
    const live = await readSecret(secrets, nameOf(place));
    if (!isStill()) return false;
    return live === undefined || !isOurs(args, place, live, held) || (await deleteSecret(secrets, live));
  } catch (error) {
    const { namespace } = place;
    const isOutside = settings.namespace !== undefined && settings.namespace !== namespace;
    const mayHaveNothing = isOutside || accountsFor(settings, namespace).length === 0;
    const hint = mayHaveNothing
      ? `; where the right is missing, regions.${settings.region}.discovery.takeBackFrom: [${namespace}] gives it`
      : "";
    const listed = `user ${held.user} is listed as to be revoked, but its Secret could not be taken back`;
    throw new Trouble(`${listed}: ${reasonOf(error)}${hint}`, { cause: error });
  }
}

/**
 * Takes from an own Secret what the ledger should know and does not: the ledger was lost. Its user may have been withdrawn, and so it
 * does not come again. False where the ledger knows enough.
 */
async function learn(
  { settings, ledger, withdrawn }: ReconcileArgs,
  key: string,
  live: LiveSecret,
  generation: number,
) {
  const name = userNameOf(settings.region, placeOfKey(key));
  const former = formerUser(live, name);
  if (former === undefined || former.generation < generation) return false;
  if (former.listing !== undefined && !withdrawn.has(former.listing.user)) {
    await withdrawn.add({
      ...former.listing,
      name,
      place: key,
      generation: former.generation,
      at: new Date().toISOString(),
      reason: "the ledger does not know of it",
    });
  }
  await ledger.put(key, { generation: former.generation + 1 });
  return true;
}

/** One that the configuration has taken over is left to it: it is written by somebody else from now on. */
function isOurs({ settings }: ReconcileArgs, place: Place, live: LiveSecret, held: Held): boolean {
  const isTaken = settings.taken.some(
    ({ namespace, secret }) => namespace === place.namespace && secret === place.secret,
  );
  return !isTaken && isOwn(live, settings, held.user);
}

/** Lists a user as one to be revoked, once. */
async function withdraw({ settings, ledger, withdrawn }: ReconcileArgs, key: string, held: Held, reason: string) {
  if (withdrawn.has(held.user)) return;
  await withdrawn.add({
    user: held.user,
    account: held.accountKey,
    name: userNameOf(settings.region, placeOfKey(key)),
    place: key,
    generation: ledger.get(key).generation,
    at: new Date().toISOString(),
    reason,
  });
}

function issuedOr(issue: Issue, place: Place, { wish }: Grant, generation: number) {
  try {
    return issue(place, wish, generation);
  } catch (error) {
    // What the object asks for can't be: permissions that are too long, say.
    if (error instanceof ClaimsError || error instanceof Trouble) return error;
    throw error;
  }
}

/** Says on the object that its Secret could not be written. */
async function reported<T>({ events }: ReconcileArgs, { request }: Grant, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    events.refuse(request.object, { reason: "ErrorUpsertingSecret", message: reasonOf(error) });
    throw error;
  }
}

function whyNobody({ refusals }: Decision): string {
  const [first] = refusals;
  return first === undefined ? "nothing asks for it any more" : `${first.refusal.reason}: ${first.refusal.message}`;
}

function whyAnother(held: Held, { wish }: Grant, { rotation }: ControllerSettings): string {
  if (!isSameWish(held, wishId(wish))) return `now it is for ${wishInWords(wishId(wish))}`;
  return held.rotation === rotation ? "the account has another key" : `rotation ${rotation}`;
}

function nameOf({ namespace, secret }: Place) {
  return { namespace, name: secret };
}
