const MINUTE = 60;
const HOUR = 60 * MINUTE;

/**
 * Seconds as Go prints them (`15m0s`). The controller writes a duration back in this form: in any other one, what is in the
 * cluster would differ from what we wrote.
 */
export function goDuration(seconds: number): string {
  const parts: [number, string][] = [
    [Math.floor(seconds / HOUR), "h"],
    [Math.floor((seconds % HOUR) / MINUTE), "m"],
    [seconds % MINUTE, "s"],
  ];
  // Go leaves out what is zero at the front only.
  const first = parts.findIndex(([count]) => count > 0);
  return (first === -1 ? parts.slice(-1) : parts.slice(first))
    .map(([count, unit]) => `${String(count)}${unit}`)
    .join("");
}
