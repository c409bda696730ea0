/** Keys and claims with good defaults, the same in every run. */
import { createHash } from "node:crypto";

import { accountClaims, type AccountClaims } from "../../../nats/claims/account.ts";
import { operatorClaims, type OperatorClaims } from "../../../nats/claims/operator.ts";
import { scopedSigningKey } from "../../../nats/claims/signing-keys.ts";
import { scopedUserClaims, userClaims, type UserClaims } from "../../../nats/claims/user.ts";
import { encodeSeed, signerOf, type KeyKind, type Seed, type Signer } from "../../../nats/nkeys.ts";

/** The second in which every sample is signed. */
export const ISSUED_AT = 1_700_000_000;

/** A seed that depends on its name alone. */
export function seedOf(kind: KeyKind, name: string): Seed {
  return encodeSeed(kind, createHash("sha256").update(`${kind} ${name}`).digest());
}

/** The signer of {@link seedOf}. */
export function signer(kind: KeyKind, name: string): Signer {
  return signerOf(seedOf(kind, name));
}

export const keys = {
  operator: signer("operator", "identity"),
  operatorSigning: signer("operator", "signing"),
  foreignOperator: signer("operator", "foreign"),
  account: signer("account", "identity"),
  accountSigning: signer("account", "signing"),
  role: signer("account", "role"),
  otherAccount: signer("account", "other"),
  user: signer("user", "one"),
};

export function sampleOperator(nats: Parameters<typeof operatorClaims>[0]["nats"] = {}): OperatorClaims {
  return operatorClaims({
    sub: keys.operator.publicKey,
    name: "example",
    nats: {
      signing_keys: [keys.operatorSigning.publicKey],
      strict_signing_key_usage: true,
      system_account: keys.otherAccount.publicKey,
      ...nats,
    },
  });
}

/** An account with something of everything. */
export function sampleAccount(nats: Parameters<typeof accountClaims>[0]["nats"] = {}): AccountClaims {
  return accountClaims({
    sub: keys.account.publicKey,
    name: "SERVICES",
    nats: {
      description: "Orders und Rückfragen ✓",
      limits: { disk_storage: 20 * 1024 ** 3, mem_storage: 1024 ** 3, streams: 50, consumer: -1, conn: 1000 },
      signing_keys: [
        keys.accountSigning.publicKey,
        scopedSigningKey({
          key: keys.role.publicKey,
          role: "worker",
          template: {
            pub: { allow: ["orders.{{name()}}.>", "$JS.API.>"] },
            sub: { allow: ["orders.> workers", "_INBOX.>"], deny: ["orders.secret"] },
            resp: { max: 1, ttl: 5_000_000_000 },
            allowed_connection_types: ["STANDARD", "WEBSOCKET"],
          },
        }),
      ],
      exports: [
        { name: "events", subject: "events.>", type: "stream" },
        {
          name: "lookup",
          subject: "lookup.*.get",
          type: "service",
          token_req: true,
          account_token_position: 2,
          response_type: "Stream",
          service_latency: { sampling: 10, results: "latency.lookup" },
        },
      ],
      imports: [
        {
          name: "weather",
          subject: "weather.*.now",
          account: keys.otherAccount.publicKey,
          type: "stream",
          local_subject: "outside.$1",
        },
        { name: "billing", subject: "billing.>", account: keys.otherAccount.publicKey, type: "service", share: true },
      ],
      mappings: {
        "old.*": [
          { subject: "new.{{wildcard(1)}}", weight: 80 },
          { subject: "canary.x", weight: 20 },
        ],
      },
      revocations: { [keys.user.publicKey]: ISSUED_AT - 10, "*": ISSUED_AT - 20 },
      default_permissions: { pub: { deny: ["$SYS.>"] } },
      trace: { dest: "traces", sampling: 5 },
      cluster_traffic: "owner",
      tags: ["team:orders"],
      ...nats,
    },
  });
}

export function sampleUser(nats: Parameters<typeof userClaims>[0]["nats"] = {}): UserClaims {
  return userClaims({
    sub: keys.user.publicKey,
    name: "Jürgen ☺",
    nats: {
      issuer_account: keys.account.publicKey,
      pub: { allow: ["orders.>"] },
      sub: { allow: ["_INBOX.>"] },
      src: ["10.0.0.0/8", "2001:db8::/32"],
      times: [{ start: "08:00:00", end: "18:30:00" }],
      times_location: "Europe/Berlin",
      ...nats,
    },
  });
}

export function sampleScopedUser(): UserClaims {
  return scopedUserClaims({
    sub: keys.user.publicKey,
    name: "orders-1",
    nats: { issuer_account: keys.account.publicKey, tags: ["team:orders"] },
  });
}
