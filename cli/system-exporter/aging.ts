/** A value that is true for a while only: a gauge that nobody renews would look healthy for ever. */
export interface Aging<T> {
  set(value: T): void;
  /** undefined when there is none, or none that is young enough. */
  get(): T | undefined;
}

/** @param now milliseconds, on a clock that never goes back */
export function aging<T>(lifeMs: number, now: () => number): Aging<T> {
  let held: { readonly value: T; readonly since: number } | undefined;
  return {
    set: (value) => {
      held = { value, since: now() };
    },
    get: () => (held !== undefined && now() - held.since <= lifeMs ? held.value : undefined),
  };
}
