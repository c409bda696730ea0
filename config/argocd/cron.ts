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
  if (field === undefined) return comes(words) ? undefined : "this day is in none of these months: it would never come";
  const { name, min, max, names } = field;
  const range = `${String(min)} to ${String(max)}`;
  return `the ${name} is ${range}${names === undefined ? "" : ` or ${names.join(", ")}`}, *, a list such as 1,3, a range such as 1-5 or a step such as */2`;
}

function fits(word: string, field: Field | undefined): boolean {
  return field !== undefined && word.split(",").every((part) => isPart(part, field));
}

function isPart(part: string, { min, max, names = [] }: Field): boolean {
  const [, from = "", to, step] = split(part);
  if (from === "" || (step !== undefined && Number(step) === 0)) return false;
  if (isAny(from)) return to === undefined;
  const [start, end] = [numberOf(from, min, names), numberOf(to ?? from, min, names)];
  return start >= min && end <= max && start <= end;
}

function split(part: string): readonly (string | undefined)[] {
  return /^([a-z\d]+|\*|\?)(?:-([a-z\d]+))?(?:\/(\d+))?$/i.exec(part) ?? [];
}

function isAny(text: string): boolean {
  return text === "*" || text === "?";
}

function numberOf(text: string, min: number, names: readonly string[]): number {
  const named = names.indexOf(text.toLowerCase());
  return named >= 0 ? named + min : /^\d+$/.test(text) ? Number(text) : NaN;
}

/**
 * Whether a right schedule ever comes: its day is in one of its months. Beside days of the week it is enough if one of those comes
 * (robfig/cron 3.0.1, where a star with a step above 1 counts as days).
 */
function comes(words: readonly string[]): boolean {
  const [, , day = "*", month = "*", weekday = "*"] = words;
  if (!weekday.split(",").some((part) => /^[*?](?:\/0*1)?$/.test(part))) return true;
  const first = Math.min(...day.split(",").map((part) => firstOf(part, 1)));
  return numbersIn(month).some((it) => first <= daysOf(it));
}

function firstOf(part: string, min: number): number {
  const [, from = "*"] = split(part);
  return isAny(from) ? min : Number(from);
}

function numbersIn(month: string): number[] {
  return month.split(",").flatMap((part) => {
    const [, from = "*", to, step = "1"] = split(part);
    const start = isAny(from) ? 1 : numberOf(from, 1, months);
    const isOne = to === undefined && !isAny(from) && !part.includes("/");
    const end = isOne ? start : to === undefined ? 12 : numberOf(to, 1, months);
    return Array.from({ length: end - start + 1 }, (_, at) => start + at).filter(
      (it) => (it - start) % Number(step) === 0,
    );
  });
}

/** In a leap year. Months from 1. */
function daysOf(month: number): number {
  return new Date(Date.UTC(2024, month, 0)).getUTCDate();
}
