const units = [
  ["d", 86_400],
  ["h", 3_600],
  ["m", 60],
  ["s", 1],
] as const;

/** Text of a duration: days, hours, minutes and seconds in this order, at least one of them: `10s`, `2m`, `1h30m`. */
export const durationPattern = /^(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;

/** Seconds of a duration such as `1h30m`; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  const counts = durationPattern.exec(text)?.slice(1);
  if (counts === undefined) return undefined;
  const seconds = units.reduce((sum, [, factor], at) => sum + Number(counts[at] ?? 0) * factor, 0);
  return Number.isSafeInteger(seconds) ? seconds : undefined;
}

/** The shortest text of a duration: 5400 is `1h30m`. The inverse of {@link parseDuration}. */
export function formatDuration(seconds: number): string {
  let rest = seconds;
  const parts = units.map(([unit, factor]) => {
    const count = Math.floor(rest / factor);
    rest %= factor;
    return count > 0 ? `${count}${unit}` : "";
  });
  return parts.join("") || "0s";
}
