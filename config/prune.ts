import { at, isMap } from "./merge.ts";
import type { Path } from "./problem.ts";

/** The value at a path, or undefined. */
export function reach(value: unknown, path: Path): unknown {
  return path.reduce(at, value);
}

/** Whether `path` is `prefix` or lies inside it. */
export function startsWith(path: Path, prefix: Path): boolean {
  return prefix.every((step, position) => path[position] === step);
}

/**
 * A copy of the value without what stands at the paths; where nothing stands (something needed is missing), without what
 * holds it. A list goes as a whole, so that the positions of its other items still mean what they meant.
 */
export function prune(value: unknown, paths: readonly Path[]): unknown {
  return paths.map((path) => existing(value, path)).reduce(remove, value);
}

/** The part of a path that leads to something. */
function existing(value: unknown, path: Path): Path {
  const missing = path.findIndex((_, position) => reach(value, path.slice(0, position + 1)) === undefined);
  return missing === -1 ? path : path.slice(0, missing);
}

function remove(value: unknown, path: Path): unknown {
  const [step, ...rest] = path;
  if (step === undefined || !isMap(value)) return undefined;
  const others = Object.entries(value).filter(([key]) => key !== step);
  const left = rest.length === 0 ? undefined : remove(at(value, step), rest);
  return Object.fromEntries(left === undefined ? others : [...others, [step, left]]);
}
