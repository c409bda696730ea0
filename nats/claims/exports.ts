import { show, type Report } from "../problem.ts";
import { contains, hasWildcard } from "../subjects.ts";
import { checkInfo, checkRevocations, checkSubject, checkText, type Info, type Revocations } from "./fields.ts";

/** What is shared: a stream of messages, or a service that answers requests. */
export type ShareType = "stream" | "service";

/** A subject that an account offers to others. */
export interface Export extends Info {
  name?: string;
  subject: string;
  type: ShareType;
  /** Importers need an activation token. */
  token_req?: boolean;
  /** Accounts whose activation tokens are refused. */
  revocations?: Revocations;
  /** Of a service: one answer (the default), many, or one in parts. */
  response_type?: "Singleton" | "Stream" | "Chunked";
  /** Of a service: how long to wait for an answer, in nanoseconds. */
  response_threshold?: number;
  /** Of a service: how often latency is measured (percent, or where a header asks for it) and where it is told. */
  service_latency?: { sampling: number | "headers"; results: string };
  /** The token, counted from 1, that must be the importing account's key. */
  account_token_position?: number;
  advertise?: boolean;
  /** Of a service: message traces may cross into it. */
  allow_trace?: boolean;
}

/** Reports illegal exports, and subjects that one account exports twice. */
export function checkExports(exports: readonly Export[], path: string, report: Report): void {
  for (const [index, entry] of exports.entries()) {
    const at = `${path}[${index}]`;
    checkExport(entry, at, report);
    const other = exports.findIndex(
      (candidate, place) =>
        place !== index &&
        candidate.type === entry.type &&
        contains(candidate.subject, entry.subject) &&
        // Of two equal subjects, report the later one only.
        (place < index || !contains(entry.subject, candidate.subject)),
    );
    if (other >= 0)
      report(
        `${at}.subject`,
        entry.subject,
        `${path}[${other}] already exports it, as ${show(exports[other]?.subject)}`,
      );
  }
}

function checkExport(entry: Export, path: string, report: Report): void {
  checkType(entry.type, path, report);
  checkSubject(entry.subject, { wildcards: true }, `${path}.subject`, report);
  if (entry.name !== undefined) checkText(entry.name, `${path}.name`, report);
  checkInfo(entry, path, report);
  checkRevocations(entry.revocations, "account", `${path}.revocations`, report);
  checkAccountToken(entry, path, report);
  if (entry.type !== "service") {
    for (const field of ["response_type", "response_threshold", "service_latency", "allow_trace"] as const) {
      const value = entry[field];
      if (value !== undefined && value !== false) report(`${path}.${field}`, value, "only a service can have it");
    }
    return;
  }
  if (entry.response_type !== undefined && !["Singleton", "Stream", "Chunked"].includes(entry.response_type)) {
    report(`${path}.response_type`, entry.response_type, "allowed are Singleton, Stream and Chunked");
  }
  if (
    entry.response_threshold !== undefined &&
    !(Number.isSafeInteger(entry.response_threshold) && entry.response_threshold >= 0)
  ) {
    report(`${path}.response_threshold`, entry.response_threshold, "it must be a whole number of nanoseconds");
  }
  if (entry.service_latency !== undefined) checkLatency(entry.service_latency, `${path}.service_latency`, report);
}

function checkLatency(latency: NonNullable<Export["service_latency"]>, path: string, report: Report): void {
  const { sampling } = latency;
  if (sampling !== "headers" && !(Number.isInteger(sampling) && sampling >= 1 && sampling <= 100)) {
    report(`${path}.sampling`, sampling, 'it must be a percentage from 1 to 100, or "headers"');
  }
  checkSubject(latency.results, { wildcards: false }, `${path}.results`, report);
}

function checkAccountToken({ account_token_position: position, subject }: Export, path: string, report: Report): void {
  if (position === undefined || position === 0) return;
  if (!hasWildcard(subject) || subject.split(".")[position - 1] !== "*") {
    report(
      `${path}.account_token_position`,
      position,
      `it must be the place, counted from 1, of a * in ${show(subject)}`,
    );
  }
}

/** @see ShareType */
export function checkType(type: ShareType, path: string, report: Report): void {
  const found: string = type;
  if (found !== "stream" && found !== "service") report(`${path}.type`, found, "allowed are stream and service");
}
