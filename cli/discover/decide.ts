import type { ControllerSettings } from "../../components/discovery/settings.ts";
import type { AskingObject, Place, Request } from "./request.ts";
import type { Refusal } from "./refusal.ts";
import { isSameWish, judge, wishId, wishInWords, type Wish, type WishId } from "./wish.ts";

/** What one place is to hold, and for whom. */
export interface Grant {
  readonly wish: Wish;
  /** The first of those that ask for this: its labels' prefix is used, and Events are about it. */
  readonly request: Request;
}

/** What is to become of one place. */
export interface Decision {
  /** Absent: nobody may have it. */
  readonly grant?: Grant;
  readonly refusals: readonly { readonly object: AskingObject; readonly refusal: Refusal }[];
}

/**
 * Decides over one place from everything that asks for it now. Whoever the Secret was made for keeps it while somebody asks for the
 * same; otherwise the oldest gets it. The order of the requests makes no difference.
 *
 * @param held what the place was last made for
 */
export function decide(
  place: Place,
  requests: readonly Request[],
  held: WishId | undefined,
  settings: ControllerSettings,
): Decision {
  const judged = [...requests].sort(byAge).map((request) => ({ request, judgement: judge(request, settings) }));
  const candidates = judged.flatMap(({ request, judgement }) =>
    "wish" in judgement ? [{ request, wish: judgement.wish }] : [],
  );
  const grant = candidates.find(({ wish }) => held !== undefined && isSameWish(wishId(wish), held)) ?? candidates[0];
  const refusals = judged.flatMap(({ request: { object }, judgement }) => {
    if ("refusal" in judgement) return [{ object, refusal: judgement.refusal }];
    if (grant === undefined || isSameWish(wishId(judgement.wish), wishId(grant.wish))) return [];
    return [{ object, refusal: conflict(place, judgement.wish, grant) }];
  });
  return { ...(grant === undefined ? {} : { grant }), refusals };
}

/** Whether two decisions lead to the same Secret. */
export function isSameDecision(one: Decision, other: Decision): boolean {
  if (one.grant === undefined || other.grant === undefined) return one.grant === other.grant;
  return (
    isSameWish(wishId(one.grant.wish), wishId(other.grant.wish)) &&
    one.grant.request.prefix === other.grant.request.prefix
  );
}

function conflict(place: Place, wish: Wish, { wish: granted, request: { object } }: Grant): Refusal {
  const by = `${object.kind} ${object.name}`;
  const message = `Secret ${place.namespace}/${place.secret}: found ${wishInWords(wishId(wish))}, but it is for ${wishInWords(wishId(granted))}, as ${by} asks: choose another name`;
  return { reason: "ErrorUpsertingSecret", message };
}

function byAge(one: Request, other: Request): number {
  const key = ({ object, prefix }: Request) => [object.createdAt, object.uid, prefix];
  const [a, b] = [key(one), key(other)];
  const at = a.findIndex((text, index) => text !== b[index]);
  return at === -1 ? 0 : (a[at] ?? "") < (b[at] ?? "") ? -1 : 1;
}
