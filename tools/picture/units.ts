const thousands = ["", "k", "M", "G", "T"] as const;
const kibi = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** A value with its unit, for people: the units that the dashboard has. */
export function withUnit(value: number, unit: string): string {
  switch (unit) {
    case "bytes":
      return scaled(value, 1024, kibi, " ");
    case "binBps":
      return `${scaled(value, 1024, kibi, " ")}/s`;
    case "percent":
      return `${digits(value)} %`;
    case "percentunit":
      return `${digits(value * 100)} %`;
    case "cpm":
      return `${scaled(value, 1000, thousands)}/min`;
    case "mps":
    case "cps":
    case "reqps":
      return `${scaled(value, 1000, thousands)}/s`;
    case "dtdurations":
    case "s":
      return duration(value);
    default:
      return scaled(value, 1000, thousands);
  }
}

function scaled(value: number, factor: number, names: readonly string[], space = ""): string {
  let [rest, power] = [value, 0];
  while (Math.abs(rest) >= factor && power < names.length - 1) {
    rest /= factor;
    power += 1;
  }
  return `${digits(rest)}${space}${names[power] ?? ""}`;
}

function duration(seconds: number): string {
  const units = [86_400, "d", 3600, "h", 60, "min"] as const;
  for (let index = 0; index < units.length; index += 2) {
    const [length, name] = [Number(units[index]), String(units[index + 1])];
    if (Math.abs(seconds) >= length) return `${digits(seconds / length)} ${name}`;
  }
  return Math.abs(seconds) >= 1 || seconds === 0 ? `${digits(seconds)} s` : `${digits(seconds * 1000)} ms`;
}

/** Three digits are enough to read. */
function digits(value: number): string {
  return String(Number(value.toPrecision(Math.abs(value) >= 100 ? 4 : 3)));
}
