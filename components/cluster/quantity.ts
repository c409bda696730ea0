const units = ["Ti", "Gi", "Mi", "Ki"] as const;

/** Bytes as a Kubernetes quantity, in the largest unit that states them exactly: 10737418240 is `10Gi`. */
export function quantity(bytes: number): string {
  const index = units.findIndex((_, position) => bytes % 1024 ** (units.length - position) === 0);
  return index < 0 ? String(bytes) : `${String(bytes / 1024 ** (units.length - index))}${units[index] ?? ""}`;
}
