import { canonicalJson } from "../../nats/canonical-json.ts";
import { placeKey, placeOf, type AskingObject, type Request } from "./request.ts";

/** Everything that asks now, as the watches have told. */
export interface Snapshot {
  /**
   * Takes in an object as it is now. Returns the keys of the places that it touches, the one before and the one now; none where nothing
   * has changed that counts, such as when only a pod's status did.
   */
  put(source: string, prefix: string, object: AskingObject): string[];
  /** Forgets an object. Returns the keys of the places that it touched. */
  remove(source: string, object: Pick<AskingObject, "namespace" | "name">): string[];
  /** What asks for a place. */
  at(key: string): Request[];
  /** The keys of all places that somebody asks for. */
  keys(): string[];
}

interface Known {
  readonly key: string | undefined;
  readonly content: string;
}

/** An empty snapshot. */
export function makeSnapshot(): Snapshot {
  const objects = new Map<string, Known>();
  const places = new Map<string, Map<string, Request>>();

  const leave = (id: string, key: string | undefined) => {
    if (key === undefined) return;
    const here = places.get(key);
    here?.delete(id);
    if (here?.size === 0) places.delete(key);
  };

  return {
    put(source, prefix, object) {
      // By name: one that was made anew while a watch was interrupted comes as a change of the old one.
      const id = idOf(source, object);
      const before = objects.get(id);
      const content = contentOf(prefix, object);
      if (before?.content === content) return [];
      leave(id, before?.key);
      const request = { object, prefix };
      const place = placeOf(request);
      const key = place === undefined ? undefined : placeKey(place);
      objects.set(id, { key, content });
      if (key !== undefined) {
        const here = places.get(key) ?? new Map<string, Request>();
        places.set(key, here.set(id, request));
      }
      return defined([before?.key, key]);
    },
    remove(source, object) {
      const id = idOf(source, object);
      const key = objects.get(id)?.key;
      leave(id, key);
      objects.delete(id);
      return defined([key]);
    },
    at: (key) => [...(places.get(key)?.values() ?? [])],
    keys: () => [...places.keys()],
  };
}

function idOf(source: string, { namespace, name }: Pick<AskingObject, "namespace" | "name">): string {
  return `${source} ${namespace}/${name}`;
}

function contentOf(prefix: string, { uid, labels, annotations }: AskingObject): string {
  const ours = (all: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(all).filter(([key]) => key.startsWith(prefix)));
  return canonicalJson({ uid, labels: ours(labels), annotations: ours(annotations) });
}

function defined(keys: readonly (string | undefined)[]): string[] {
  return [...new Set(keys.filter((key) => key !== undefined))];
}
