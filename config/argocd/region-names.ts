import { matchesGlob } from "../../nats/globs.ts";

/** The text with a region's name in each `{region}`. */
export function inRegion(text: string, region: string): string {
  return text.replaceAll("{region}", region);
}

/** Those names that fit one of the patterns, in their own order. */
export function matchingRegions(names: readonly string[], patterns: readonly string[]): string[] {
  return names.filter((name) => patterns.some((pattern) => matchesGlob(pattern, name)));
}
