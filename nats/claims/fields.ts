import { decodePublic, NkeyError, type KeyKind } from "../nkeys.ts";
import { show, type Report } from "../problem.ts";
import { subjectProblem, type SubjectForm } from "../subjects.ts";
import type { ClaimsBase } from "./claims.ts";

/** A name or tag that cannot bring a wildcard or a dot into the subjects of a permission template. */
export const SAFE_NAME = /^[A-Za-z0-9_-]+$/;

const LONGEST_TEXT = 8 * 1024;

/** The fields that every claim has. */
export function checkBase(claims: ClaimsBase, kind: KeyKind, report: Report): void {
  checkKey(claims.sub, kind, "sub", report);
  if (claims.name !== undefined) checkText(claims.name, "name", report);
  if (claims.aud !== undefined) checkText(claims.aud, "aud", report);
  for (const field of ["exp", "nbf"] as const) {
    const time = claims[field];
    if (time !== undefined && !isSeconds(time)) report(field, time, "a time is a whole number of seconds since 1970");
  }
  if (claims.exp !== undefined && claims.nbf !== undefined && claims.exp <= claims.nbf) {
    report("exp", claims.exp, `it must be later than nbf (${claims.nbf})`);
  }
}

/** The latest second that is taken for one: the year 5138. A time in milliseconds is above it. */
const LATEST_SECOND = 99_999_999_999;

/** Whole seconds since 1970, and neither zero (which means "not set" on the wire) nor milliseconds by mistake. */
export function isSeconds(time: number): boolean {
  return Number.isInteger(time) && time > 0 && time <= LATEST_SECOND;
}

/** A public key of the kind that belongs here. */
export function checkKey(key: string, kind: KeyKind, path: string, report: Report): void {
  try {
    const found = decodePublic(key).kind;
    if (found !== kind)
      report(path, key, `the public key of ${article(kind)} must stand here, not of ${article(found)}`);
  } catch (error) {
    if (!(error instanceof NkeyError)) throw error;
    report(path, key, `the public key of ${article(kind)} must stand here (${error.message})`);
  }
}

function article(kind: KeyKind): string {
  return `${/^[ao]/.test(kind) ? "an" : "a"} ${kind}`;
}

/** Free text: names, descriptions, roles. */
export function checkText(text: string, path: string, report: Report): void {
  if (!text.isWellFormed()) report(path, text, "text must be valid Unicode");
  if (text.length > LONGEST_TEXT) report(path, `${text.length} characters`, `text can have at most ${LONGEST_TEXT}`);
}

/** A subject where one must stand. */
export function checkSubject(subject: string, form: SubjectForm, path: string, report: Report): void {
  const problem = subjectProblem(subject, form);
  if (problem !== undefined) report(path, subject, problem);
}

/** A limit: a whole number, or -1 for "unlimited". Zero means none at all. */
export function checkLimit(limit: number | undefined, path: string, report: Report): void {
  if (limit === undefined || (Number.isSafeInteger(limit) && limit >= -1)) return;
  report(path, limit, "a limit is a whole number, or -1 for unlimited");
}

/**
 * Tags. The server lower-cases the template side of `{{tag(key)}}` and compares, and Go's library lower-cases tags
 * as they are added, so a tag with a capital letter would never be found.
 */
export function checkTags(tags: readonly string[] | undefined, isSafe: boolean, path: string, report: Report): void {
  for (const [index, tag] of (tags ?? []).entries()) {
    const at = `${path}[${index}]`;
    if (tag === "" || tag !== tag.trim() || tag !== tag.toLowerCase()) {
      report(at, tag, "a tag is lower-case text without white space around it");
    } else if (isSafe && !/^[a-z0-9_-]+(?::[a-z0-9_-]+)?$/.test(tag)) {
      report(
        at,
        tag,
        'it is put into subjects, so only "tag" or "key:value" of letters, digits, "_" and "-" is allowed',
      );
    }
    if (tags?.indexOf(tag) !== index) report(at, tag, "each tag can stand here only once");
  }
}

/** An address with a scheme and a host, for people to follow. */
export function checkUrl(url: string, schemes: readonly string[] | undefined, path: string, report: Report): void {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.host === "")
    report(path, withoutUser(url), "it must be a URL with a scheme and a host");
  else if (schemes !== undefined && !schemes.includes(parsed.protocol.replace(":", ""))) {
    report(path, withoutUser(url), `the scheme must be one of ${schemes.join(", ")}`);
  }
}

/** A URL as it may be shown: what stands before an @ can be a password. */
export function withoutUser(url: string): string {
  return url.replace(/[^/]*@/, "…@");
}

/** `description` and `info_url`, which accounts and exports share. */
export interface Info {
  description?: string;
  info_url?: string;
}

/** @see Info */
export function checkInfo(info: Info, path: string, report: Report): void {
  if (info.description !== undefined) checkText(info.description, `${path}.description`, report);
  if (info.info_url !== undefined) checkUrl(info.info_url, undefined, `${path}.info_url`, report);
}

/** Who is revoked (a user key, or `*` for everyone) and the second up to which their JWTs are refused. */
export type Revocations = Record<string, number>;

/** @see Revocations */
export function checkRevocations(
  revocations: Revocations | undefined,
  kind: KeyKind,
  path: string,
  report: Report,
): void {
  for (const [key, time] of Object.entries(revocations ?? {})) {
    const at = `${path}[${show(key)}]`;
    if (key !== "*") checkKey(key, kind, at, report);
    if (!isSeconds(time)) report(at, time, "a time is a whole number of seconds since 1970");
  }
}
