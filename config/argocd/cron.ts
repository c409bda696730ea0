interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const fields: readonly Field[] = [
  { name: "minute", min: 0, max: 59 },
  { name: "hour", min: 0, max: 23 },
  { name: "day of the month", min: 1, max: 31 },
  { name: "month", min: 1, max: 12, names: months },
  { name: "day of the week", min: 0, max: 6, names: days },
];

/**
 * What Argo CD would not take in a schedule, in words; undefined of a right one. Five fields, as robfig/cron reads them: lists, ranges,
 * steps and names, and no `@daily`, no seconds, and no 7 for Sunday.
 */
export function cronProblem(schedule: string): string | undefined {
  const words = schedule.trim().split(/\s+/);
  if (words.length !== fields.length || schedule.trim() === "")
    return "a schedule has five fields: minute, hour, day of the month, month, day of the week";
  const at = words.findIndex((word, index) => !fits(word, fields[index]));
  const field = fields[at];
  if (field === undefined) return undefined;
  const { name, min, max, names } = field;
  const range = `${String(min)} to ${String(max)}`;
  return `the ${name} is ${range}${names === undefined ? "" : ` or ${names.join(", ")}`}, *, a list such as 1,3, a range such as 1-5 or a step such as */2`;
}

function fits(word: string, field: Field | undefined): boolean {
  return field !== undefined && word.split(",").every((part) => isPart(part, field));
}

function isPart(part: string, { min, max, names = [] }: Field): boolean {
  const [, from = "", to, step] = /^([a-z\d]+|\*|\?)(?:-([a-z\d]+))?(?:\/(\d+))?$/i.exec(part) ?? [];
  if (from === "" || (step !== undefined && Number(step) === 0)) return false;
  if (from === "*" || from === "?") return to === undefined;
  const number = (text: string) => {
    const named = names.indexOf(text.toLowerCase());
    return named >= 0 ? named + min : /^\d+$/.test(text) ? Number(text) : NaN;
  };
  const [start, end] = [number(from), number(to ?? from)];
  return start >= min && end <= max && start <= end;
}
