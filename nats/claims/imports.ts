import type { PublicNkey } from "../nkeys.ts";
import { show, type Report } from "../problem.ts";
import { overlaps } from "../subjects.ts";
import { checkType, type ShareType } from "./exports.ts";
import { checkKey, checkSubject, checkText } from "./fields.ts";

/** A subject that an account takes from another. */
export interface Import {
  name?: string;
  /** As the exporting account calls it (stream), or as requests are sent (service). */
  subject: string;
  /** The exporting account. */
  account: PublicNkey;
  /** Activation token, when the export asks for one. */
  token?: string;
  /** What the subject is called in this account; `$1` stands for the first `*` of `subject`. */
  local_subject?: string;
  type: ShareType;
  /** Of a service: tell the exporter who asked. */
  share?: boolean;
  /** Of a stream: message traces may cross into it. */
  allow_trace?: boolean;
}

/** Reports illegal imports, and two services of one account under the same local subject. */
export function checkImports(imports: readonly Import[], importer: PublicNkey, path: string, report: Report): void {
  for (const [index, entry] of imports.entries()) {
    const at = `${path}[${index}]`;
    checkImport(entry, importer, at, report);
    const other = imports.findIndex(
      (candidate, place) =>
        place < index &&
        candidate.type === "service" &&
        entry.type === "service" &&
        candidate.account === entry.account &&
        overlaps(localSubject(candidate), localSubject(entry)),
    );
    if (other >= 0)
      report(
        at,
        localSubject(entry),
        `${path}[${other}] already takes it, as ${show(localSubject(imports[other] ?? entry))}`,
      );
  }
}

function checkImport(entry: Import, importer: PublicNkey, path: string, report: Report): void {
  checkType(entry.type, path, report);
  checkKey(entry.account, "account", `${path}.account`, report);
  if (entry.account === importer) report(`${path}.account`, entry.account, "an account cannot import from itself");
  if (entry.name !== undefined) checkText(entry.name, `${path}.name`, report);
  checkSubject(entry.subject, { wildcards: true }, `${path}.subject`, report);
  if (entry.local_subject !== undefined)
    checkLocalSubject(entry.local_subject, entry.subject, `${path}.local_subject`, report);
  if (entry.type !== "service" && entry.share === true)
    report(`${path}.share`, true, "only the import of a service can have it");
  if (entry.type !== "stream" && entry.allow_trace === true)
    report(`${path}.allow_trace`, true, "only the import of a stream can have it");
}

function checkLocalSubject(local: string, subject: string, path: string, report: Report): void {
  checkSubject(local, { wildcards: true }, path, report);
  if (local.split(".").at(-1) === ">" ? subject.split(".").at(-1) !== ">" : subject.split(".").at(-1) === ">") {
    report(path, local, `both it and ${show(subject)} must end in >, or neither`);
  }
  const stars = subject.split(".").filter((token) => token === "*").length;
  const references = local.split(".").filter((token) => token === "*" || REFERENCE.test(token));
  const beyond = references.find((token) => token !== "*" && (Number(token.slice(1)) > stars || token === "$0"));
  if (beyond !== undefined) report(path, local, `${show(beyond)} must name one of the ${stars} * in ${show(subject)}`);
  else if (references.length !== stars)
    report(path, local, `each of the ${stars} * in ${show(subject)} must be used once, as * or as $1, $2, …`);
}

const REFERENCE = /^\$\d+$/;

function localSubject(entry: Import): string {
  return (entry.local_subject ?? entry.subject)
    .split(".")
    .map((token) => (REFERENCE.test(token) ? "*" : token))
    .join(".");
}
