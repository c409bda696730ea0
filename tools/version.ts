/** Numbers of a version such as `v3.259.0-dev.1`: major, minor, patch. */
export type Version = readonly [major: number, minor: number, patch: number];

/** Finds the first version in a text, such as what a command prints for `--version`. */
export function parseVersion(text: string): Version | undefined {
  const found = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return found === null ? undefined : [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)];
}

/** Whether `version` is `minimum` or newer. */
export function isAtLeast(version: Version, minimum: Version): boolean {
  for (const place of [0, 1, 2] as const) {
    if (version[place] !== minimum[place]) return version[place] > minimum[place];
  }
  return true;
}
