import type { Account, Role } from "../../config/schema.ts";
import { accountClaims, type AccountClaims } from "../../nats/claims/account.ts";
import type { AccountLimits } from "../../nats/claims/account-limits.ts";
import { operatorClaims, type OperatorClaims } from "../../nats/claims/operator.ts";
import type { Permission, Permissions } from "../../nats/claims/permissions.ts";
import { scopedSigningKey, type ScopedSigningKey } from "../../nats/claims/signing-keys.ts";
import type { PublicNkey } from "../../nats/nkeys.ts";

/**
 * The operator's claims. They must never change: a server refuses every reload of its configuration, renewals of
 * certificates included, once the operator JWT in it is another than the one that it started with.
 */
export function operatorClaimsOf(operator: {
  name: string;
  publicKey: PublicNkey;
  signingKeys: PublicNkey[];
  systemAccount: PublicNkey;
}): OperatorClaims {
  return operatorClaims({
    sub: operator.publicKey,
    name: operator.name,
    nats: {
      signing_keys: operator.signingKeys,
      system_account: operator.systemAccount,
      strict_signing_key_usage: true,
    },
  });
}

/** Public keys of an account. */
export interface AccountKeys {
  identity: PublicNkey;
  /** The plain signing key. */
  signing: PublicNkey;
  /** The scoped signing keys by role. */
  roles: Readonly<Record<string, PublicNkey>>;
}

/** An account's claims: its limits, its plain signing key, and each role as a scoped signing key. */
export function accountClaimsOf(name: string, account: Account, keys: AccountKeys): AccountClaims {
  const roles = Object.entries(account.roles).flatMap(([role, settings]) => {
    const key = keys.roles[role];
    return key === undefined ? [] : [scopeOf(role, settings, key)];
  });
  return accountClaims({
    sub: keys.identity,
    name,
    nats: {
      ...(account.description === undefined ? {} : { description: account.description }),
      limits: limitsOf(account),
      signing_keys: [keys.signing, ...roles],
    },
  });
}

function limitsOf({ limits, jetstream }: Account): AccountLimits {
  const { connections, leafnodes, subscriptions, payload, data, imports, exports } = limits;
  return {
    conn: connections,
    leaf: leafnodes,
    subs: subscriptions,
    payload,
    data,
    imports,
    exports,
    wildcards: true,
    ...(jetstream === undefined
      ? {}
      : {
          mem_storage: jetstream.memory,
          disk_storage: jetstream.disk,
          streams: jetstream.streams,
          consumer: jetstream.consumers,
        }),
  };
}

function scopeOf(name: string, role: Role, key: PublicNkey): ScopedSigningKey {
  const { subscriptions, payload, data } = role.limits;
  return scopedSigningKey({
    key,
    role: name,
    template: {
      ...permissionsOf(role),
      subs: subscriptions,
      payload,
      data,
      ...(role.bearer ? { bearer_token: true } : {}),
      ...(role.connectionTypes.length === 0 ? {} : { allowed_connection_types: [...role.connectionTypes] }),
    },
  });
}

const nanosecondsPerSecond = 1_000_000_000;

function permissionsOf({ publish, subscribe, responses }: Role): Permissions {
  return {
    pub: permissionOf(publish),
    sub: permissionOf(subscribe),
    ...(responses === undefined
      ? {}
      : { resp: { max: responses.max, ttl: responses.ttlSeconds * nanosecondsPerSecond } }),
  };
}

/** Empty lists are left out, as Go's jwt library does. */
function permissionOf({ allow, deny }: Role["publish"]): Permission {
  return { ...(allow.length === 0 ? {} : { allow: [...allow] }), ...(deny.length === 0 ? {} : { deny: [...deny] }) };
}
