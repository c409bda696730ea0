import type { PublicNkey } from "../nkeys.ts";
import type { Report } from "../problem.ts";
import { checkKey, checkText } from "./fields.ts";
import { checkUserLimits, UNLIMITED_USER, type UserPermissionLimits } from "./user-limits.ts";

/** A signing key whose users have no permissions of their own: all of them are in the template. */
export interface ScopedSigningKey {
  kind: "user_scope";
  key: PublicNkey;
  /** The role's name, for people. */
  role: string;
  template: UserPermissionLimits;
  description?: string;
}

/** A key that may sign users of any permissions, or a scoped one. */
export type SigningKeyEntry = PublicNkey | ScopedSigningKey;

/** A scoped signing key; limits that the template does not give are unlimited. */
export function scopedSigningKey(key: {
  key: PublicNkey;
  role: string;
  template?: UserPermissionLimits;
  description?: string;
}): ScopedSigningKey {
  return { kind: "user_scope", ...key, template: { ...UNLIMITED_USER, ...key.template } };
}

/** Reports keys that are no account keys or stand twice, and templates that a server would not understand or that break the account's rules. */
export function checkSigningKeys(
  entries: readonly SigningKeyEntry[],
  account: PublicNkey,
  disallowsBearer: boolean,
  path: string,
  report: Report,
): void {
  const keys = entries.map((entry) => (typeof entry === "string" ? entry : entry.key));
  for (const [index, entry] of entries.entries()) {
    const at = `${path}[${index}]`;
    const key = keys[index] ?? "";
    checkKey(key, "account", typeof entry === "string" ? at : `${at}.key`, report);
    if (key === account) report(at, key, "the account's identity cannot be one of its own signing keys");
    if (keys.indexOf(key as PublicNkey) !== index) report(at, key, "each signing key can stand here only once");
    if (typeof entry !== "string") checkScope(entry, disallowsBearer, at, report);
  }
}

function checkScope(scope: ScopedSigningKey, disallowsBearer: boolean, path: string, report: Report): void {
  const kind: string = scope.kind;
  if (kind !== "user_scope") report(`${path}.kind`, kind, "the only kind of scope is user_scope");
  checkText(scope.role, `${path}.role`, report);
  if (scope.description !== undefined) checkText(scope.description, `${path}.description`, report);
  checkUserLimits(scope.template, true, `${path}.template`, report);
  if (disallowsBearer && scope.template.bearer_token === true) {
    report(`${path}.template.bearer_token`, true, "the account's limits have disallow_bearer");
  }
}
