import { collectProblems, type Problem, type Report } from "../problem.ts";
import { hasWildcard } from "../subjects.ts";
import { checkAccountLimits, UNLIMITED_ACCOUNT, type AccountLimits } from "./account-limits.ts";
import { checkAuthorization, type ExternalAuthorization } from "./authorization.ts";
import type { ClaimsBase } from "./claims.ts";
import { checkExports, type Export } from "./exports.ts";
import {
  checkBase,
  checkInfo,
  checkRevocations,
  checkSubject,
  checkTags,
  SAFE_NAME,
  type Info,
  type Revocations,
} from "./fields.ts";
import { checkImports, type Import } from "./imports.ts";
import { checkMappings, type Mappings } from "./mappings.ts";
import { checkPermissions, type Permissions } from "./permissions.ts";
import { checkSigningKeys, type SigningKeyEntry } from "./signing-keys.ts";

/** The claims of an account JWT, as they stand on the wire. */
export interface AccountClaims extends ClaimsBase {
  nats: Info & {
    limits: AccountLimits;
    imports?: Import[];
    exports?: Export[];
    signing_keys?: SigningKeyEntry[];
    /** Users whose JWTs are refused up to a second; `*` is everyone. */
    revocations?: Revocations;
    /** For users with no permissions of their own. */
    default_permissions?: Permissions;
    mappings?: Mappings;
    authorization?: ExternalAuthorization;
    /** Where traces of messages go, and for what percentage of them. */
    trace?: { dest: string; sampling?: number };
    /** The account that pays for JetStream replication traffic (nats-server 2.11). */
    cluster_traffic?: "system" | "owner";
    tags?: string[];
    type: "account";
    version: 2;
  };
}

type AccountFields = Omit<AccountClaims["nats"], "type" | "version" | "limits"> & { limits?: Partial<AccountLimits> };

/** An account; limits that are not given are unlimited, and JetStream is off unless it is given storage. */
export function accountClaims(account: ClaimsBase & { nats?: AccountFields }): AccountClaims {
  const limits = { ...UNLIMITED_ACCOUNT, ...account.nats?.limits };
  return { ...account, nats: { ...account.nats, limits, type: "account", version: 2 } };
}

/** All that is wrong with the claims of an account. Whether JetStream is allowed (not in SYS) is the caller's matter. */
export function validateAccount(claims: AccountClaims): Problem[] {
  return collectProblems((report) => {
    const { nats } = claims;
    checkBase(claims, "account", report);
    checkInfo(nats, "nats", report);
    checkAccountLimits(nats.limits, "nats.limits", report);
    checkCounts(nats, report);
    checkExports(nats.exports ?? [], "nats.exports", report);
    checkImports(nats.imports ?? [], claims.sub, "nats.imports", report);
    checkSigningKeys(
      nats.signing_keys ?? [],
      claims.sub,
      nats.limits.disallow_bearer === true,
      "nats.signing_keys",
      report,
    );
    checkRevocations(nats.revocations, "user", "nats.revocations", report);
    checkPermissions(nats.default_permissions ?? {}, false, "nats.default_permissions", report);
    checkMappings(nats.mappings ?? {}, "nats.mappings", report);
    checkAuthorization(nats.authorization ?? {}, "nats.authorization", report);
    checkTrace(nats.trace, report);
    checkTrafficAccount(nats.cluster_traffic, report);
    checkNamesInTemplates(claims, report);
  });
}

function checkCounts({ limits, imports = [], exports = [] }: AccountClaims["nats"], report: Report): void {
  if (limits.imports >= 0 && imports.length > limits.imports)
    report("nats.imports", `${imports.length} imports`, `the account's limits allow ${limits.imports}`);
  if (limits.exports >= 0 && exports.length > limits.exports)
    report("nats.exports", `${exports.length} exports`, `the account's limits allow ${limits.exports}`);
  if (limits.wildcards) return;
  for (const [index, { subject }] of exports.entries()) {
    if (hasWildcard(subject))
      report(`nats.exports[${index}].subject`, subject, "the account's limits allow no wildcards in exports");
  }
}

function checkTrace(trace: AccountClaims["nats"]["trace"], report: Report): void {
  if (trace === undefined) return;
  checkSubject(trace.dest, { wildcards: false }, "nats.trace.dest", report);
  const { sampling = 100 } = trace;
  if (!Number.isInteger(sampling) || sampling < 1 || sampling > 100)
    report("nats.trace.sampling", sampling, "it must be a percentage from 1 to 100");
}

function checkTrafficAccount(traffic: string | undefined, report: Report): void {
  if (traffic !== undefined && traffic !== "system" && traffic !== "owner")
    report("nats.cluster_traffic", traffic, "allowed are system and owner");
}

/** `{{account-name()}}` and `{{account-tag(…)}}` put the account's own words into subjects: they must not be wildcards. */
function checkNamesInTemplates({ name, nats }: AccountClaims, report: Report): void {
  const templates = JSON.stringify(nats.signing_keys ?? []);
  if (/\{\{account-name/i.test(templates) && !SAFE_NAME.test(name ?? "")) {
    report("name", name, 'a template puts it into subjects, so only letters, digits, "_" and "-" are allowed');
  }
  checkTags(nats.tags, /\{\{account-tag/i.test(templates), "nats.tags", report);
}
