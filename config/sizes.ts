const units: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** Text of a size: a whole number and a unit as Kubernetes writes it, `10Gi` (2^30) or `10G` (10^9). No unit: bytes. */
export const sizePattern = /^(\d+)(|k|M|G|T|Ki|Mi|Gi|Ti)$/;

/** Bytes of a size such as `20Gi`, `512Mi`, `10G` or `1024`; undefined when it is none, or too large to count exactly. */
export function parseSize(size: string | number): number | undefined {
  const [, digits, unit = ""] = sizePattern.exec(String(size)) ?? [];
  const bytes = Number(digits) * (units[unit] ?? NaN);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** The shortest exact text of a size: 21474836480 is `20Gi`. The inverse of {@link parseSize}. */
export function formatSize(bytes: number): string {
  const exact = Object.entries(units).filter(([, factor]) => bytes > 0 && bytes % factor === 0);
  const [unit, factor] = exact.reduce((best, next) => (next[1] > best[1] ? next : best), ["", 1]);
  return `${bytes / factor}${unit}`;
}
