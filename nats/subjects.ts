import { show } from "./problem.ts";

/** What a subject may contain beyond plain tokens. */
export interface SubjectForm {
  /** `*` for one token and `>` for the rest. */
  readonly wildcards: boolean;
  /** `{{name()}}` and its like, which the server fills in for users of a scoped signing key. */
  readonly templates?: boolean;
  /** A queue group after one space, as in `orders.> workers`. */
  readonly queue?: boolean;
}

/** The template functions of nats-server 2.15; `tag` and `account-tag` take the tag's key. */
const TEMPLATE =
  /^\{\{(?:(?:name|subject|account-name|account-subject)\(\)|(?:tag|account-tag)\([^(){}\s.*>]+\))\}\}$/i;
const TEMPLATES = /\{\{[^{}]*\}\}/g;

/**
 * What is wrong with a subject, in words that fit after "but" in an error; undefined when it is legal.
 * The server itself accepts some of what is refused here (a `*` inside a token means nothing) and would quietly match nothing.
 */
export function subjectProblem(subject: string, allow: SubjectForm): string | undefined {
  if (subject === "") return "a subject cannot be empty";
  if (!subject.isWellFormed()) return "a subject must be valid Unicode";
  if (allow.templates === true) {
    const unknown = (subject.match(TEMPLATES) ?? []).find((template) => !TEMPLATE.test(template));
    if (unknown !== undefined) {
      return `the template ${show(unknown)} is unknown; allowed are name(), subject(), account-name(), account-subject(), tag(key) and account-tag(key)`;
    }
    return subjectProblem(subject.replace(TEMPLATES, "x"), { ...allow, templates: false });
  }
  if (/\{\{|\}\}/.test(subject)) return "{{…}} works only in the template of a scoped signing key, opened and closed";
  const [pattern = "", queue, ...more] = subject.split(" ");
  if (queue !== undefined && allow.queue !== true) return "a subject cannot contain a space";
  if (more.length > 0) return "one space is allowed, between the subject and the queue group";
  return tokensProblem(pattern, allow.wildcards) ?? (queue === undefined ? undefined : tokensProblem(queue, true));
}

function tokensProblem(subject: string, wildcards: boolean): string | undefined {
  if (/[\s\u0000-\u001f\u007f]/.test(subject)) return "white space and control characters are not allowed in a subject";
  const tokens = subject.split(".");
  if (tokens.includes(""))
    return "a subject's tokens cannot be empty: no dot at the start or the end, and no two together";
  for (const [index, token] of tokens.entries()) {
    if (!/[*>]/.test(token)) continue;
    if (!wildcards) return "wildcards (* and >) are not allowed here";
    if (token !== "*" && token !== ">") return "a wildcard (* or >) must be a token of its own";
    if (token === ">" && index < tokens.length - 1) return "> must be the last token";
  }
  return undefined;
}

/** Says whether every subject that `inner` matches is also matched by `outer`. */
export function contains(outer: string, inner: string): boolean {
  const outside = outer.split(".");
  const inside = inner.split(".");
  for (const [index, token] of outside.entries()) {
    const other = inside[index];
    if (other === undefined) return false;
    if (token === ">") return true;
    if (other === ">" || (token !== "*" && token !== other)) return false;
  }
  return inside.length === outside.length;
}

/** Says whether some subject is matched by both. */
export function overlaps(one: string, other: string): boolean {
  const left = one.split(".");
  const right = other.split(".");
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const a = left[index];
    const b = right[index];
    if (a === undefined || b === undefined) return false;
    if (a === ">" || b === ">") return true;
    if (a !== "*" && b !== "*" && a !== b) return false;
  }
  return true;
}

/** Says whether a subject has a wildcard token. */
export function hasWildcard(subject: string): boolean {
  return subject.split(".").some((token) => token === "*" || token === ">");
}
