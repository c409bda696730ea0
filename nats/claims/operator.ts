import type { PublicNkey } from "../nkeys.ts";
import { collectProblems, type Problem } from "../problem.ts";
import type { ClaimsBase } from "./claims.ts";
import { checkBase, checkKey, checkTags, checkUrl, withoutUser } from "./fields.ts";

/** The claims of an operator JWT, as they stand on the wire. */
export interface OperatorClaims extends ClaimsBase {
  nats: {
    /** Further operator keys that may sign accounts. */
    signing_keys?: PublicNkey[];
    system_account?: PublicNkey;
    /** Only signing keys may sign: an operator's identity signs no account, and an account's identity no user. */
    strict_signing_key_usage?: boolean;
    /** Servers older than this refuse to start, `major.minor.patch`. */
    assert_server_version?: string;
    account_server_url?: string;
    /** Where tools find the servers: `nats://host:4222`. */
    operator_service_urls?: string[];
    tags?: string[];
    type: "operator";
    version: 2;
  };
}

/** An operator; nothing is filled in but the type. */
export function operatorClaims(
  operator: ClaimsBase & { nats?: Omit<OperatorClaims["nats"], "type" | "version"> },
): OperatorClaims {
  return { ...operator, nats: { ...operator.nats, type: "operator", version: 2 } };
}

/** All that is wrong with the claims of an operator. */
export function validateOperator(claims: OperatorClaims): Problem[] {
  return collectProblems((report) => {
    const { nats } = claims;
    checkBase(claims, "operator", report);
    for (const [index, key] of (nats.signing_keys ?? []).entries()) {
      const path = `nats.signing_keys[${index}]`;
      checkKey(key, "operator", path, report);
      if (key === claims.sub) report(path, key, "the operator's identity cannot be one of its own signing keys");
      if (nats.signing_keys?.indexOf(key) !== index) report(path, key, "each signing key can stand here only once");
    }
    if (nats.strict_signing_key_usage === true && (nats.signing_keys?.length ?? 0) === 0) {
      report(
        "nats.signing_keys",
        "none",
        "strict_signing_key_usage needs at least one, or nobody could sign an account",
      );
    }
    if (nats.system_account !== undefined) checkKey(nats.system_account, "account", "nats.system_account", report);
    if (nats.assert_server_version !== undefined && !/^\d+\.\d+\.\d+$/.test(nats.assert_server_version)) {
      report("nats.assert_server_version", nats.assert_server_version, "a version is three numbers, such as 2.15.0");
    }
    if (nats.account_server_url !== undefined)
      checkUrl(nats.account_server_url, undefined, "nats.account_server_url", report);
    for (const [index, url] of (nats.operator_service_urls ?? []).entries()) {
      const path = `nats.operator_service_urls[${index}]`;
      checkUrl(url, ["nats", "tls", "ws", "wss"], path, report);
      if (/\/\/[^/]*\//.test(url)) report(path, withoutUser(url), "it can have no path");
      if (withoutUser(url) !== url) report(path, withoutUser(url), "it can have no user");
    }
    checkTags(nats.tags, false, "nats.tags", report);
  });
}
