import type { PublicNkey } from "../../nats/nkeys.ts";
import { Trouble } from "../../tools/project.ts";
import { sizeOf, type ConfigMapRecord } from "./config-map.ts";

/** A user that has been handed out and is to be revoked: its copy of the credentials works until then. */
export interface WithdrawnUser {
  readonly user: PublicNkey;
  /** Public key of its account, in whose JWT it is to be revoked. */
  readonly account: PublicNkey;
  /** The user's name in its JWT. */
  readonly name: string;
  /** Key of the place. */
  readonly place: string;
  /** The place's generation that the user was of. */
  readonly generation: number;
  /** ISO 8601. */
  readonly at: string;
  readonly reason: string;
}

/** The list of users to be revoked. */
export interface Withdrawn {
  has(user: PublicNkey): boolean;
  /** The first generation of a place that no listed user is of. */
  nextGeneration(place: string): number;
  /** Resolves once the user is listed in the cluster. @throws Trouble where there is no room */
  add(user: WithdrawnUser): Promise<void>;
}

/** What one part may hold: an object of Kubernetes has 1 MiB, and its metadata is in it too. */
const PART_BYTES = 900_000;

/** Longest reason that is kept. */
const REASON_LENGTH = 200;

/** An entry as it stands in a ConfigMap, under the user's public key. */
export function encodeWithdrawn({ user, reason, ...rest }: WithdrawnUser): [key: string, value: string] {
  return [user, JSON.stringify({ ...rest, reason: reason.slice(0, REASON_LENGTH) })];
}

/** Reads the list from its parts. An entry that somebody took out has been revoked. */
export function readWithdrawn(parts: readonly ConfigMapRecord[], partBytes: number = PART_BYTES): Withdrawn {
  const generations = new Map<string, number>();
  const remember = (place: string, generation: number) => {
    generations.set(place, Math.max(generations.get(place) ?? 0, generation + 1));
  };
  for (const part of parts) {
    for (const [key, text] of part.content) {
      const { place, generation } = decode(text, `ConfigMap ${part.name}, entry ${key}`);
      remember(place, generation);
    }
  }
  return {
    has: (user) => parts.some(({ content }) => content.has(user)),
    nextGeneration: (place) => generations.get(place) ?? 0,
    async add(user) {
      const [key, value] = encodeWithdrawn(user);
      const part =
        parts.find(({ content }) => content.has(key)) ??
        parts.find(({ bytes }) => bytes + sizeOf(key, value) <= partBytes);
      if (part === undefined) {
        throw new Trouble(
          `the list of withdrawn users (ConfigMaps ${parts.map(({ name }) => name).join(", ")}) is full: revoke those that it names, take them out, and restart the controller`,
        );
      }
      await part.write(key, value);
      remember(user.place, user.generation);
    },
  };
}

function decode(text: string, where: string): { place: string; generation: number } {
  try {
    const { place, generation } = JSON.parse(text) as { place?: unknown; generation?: unknown };
    if (typeof place === "string" && typeof generation === "number") return { place, generation };
  } catch {
    // It is said below.
  }
  throw new Trouble(`${where}: found something else than this controller writes: restore it, or take it out`);
}
