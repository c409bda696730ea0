type Map = Readonly<Record<string, unknown>>;

/** A YAML map (not a list, not a scalar, not nothing). */
export function isMap(value: unknown): value is Map {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `over` on top of `base`: maps merge key by key at every depth; a list or a scalar replaces. Neither argument changes. */
export function merge(base: unknown, over: unknown): unknown {
  if (over === undefined) return base;
  if (!isMap(base) || !isMap(over)) return over;
  const keys = new Set([...Object.keys(base), ...Object.keys(over)]);
  return Object.fromEntries([...keys].map((key) => [key, merge(at(base, key), at(over, key))]));
}

/** The value under a key, or undefined. Sees own keys only: a region may be called `constructor`. */
export function at(value: unknown, key: string | number): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string | number, unknown>)[key]
    : undefined;
}
