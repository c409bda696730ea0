import { randomBytes } from "node:crypto";
import type {
  AccountKeyMaterial,
  ControllerKeys,
  ControllerSettings,
  IssuingAccount,
} from "../../../../components/discovery/settings.ts";
import { encodeSeed, publicKeyOf, type KeyKind, type PublicNkey, type Seed } from "../../../../nats/nkeys.ts";
import type { AskingObject, Request } from "../../../../cli/discover/request.ts";

/** What the tests' labels begin with. */
export const PREFIX = "nats-tower.com/nats-tower-";

const seed = (kind: KeyKind): Seed => encodeSeed(kind, randomBytes(32));

/** The operator of the tests. */
export const operator: PublicNkey = publicKeyOf(seed("operator"));

/** An account with new keys: what is known of it, and the keys. */
export function accountWith(
  parts: Partial<Pick<IssuingAccount, "allow" | "users">> = {},
  roles: readonly string[] = ["worker", "auditor"],
): { account: IssuingAccount; keys: AccountKeyMaterial } {
  const signing = seed("account");
  const roleSeeds = Object.fromEntries(roles.map((role) => [role, seed("account")]));
  return {
    account: {
      publicKey: publicKeyOf(seed("account")),
      issuedAt: 1_700_000_000,
      signing: publicKeyOf(signing),
      roles: Object.fromEntries(Object.entries(roleSeeds).map(([role, key]) => [role, publicKeyOf(key)])),
      allow: [{ namespaces: ["orders", "team-*"] }],
      users: [],
      ...parts,
    },
    keys: { root: randomBytes(32).toString("base64url"), signing, roles: roleSeeds },
  };
}

const services = accountWith();
const billing = accountWith({ allow: [{ namespaces: ["billing"] }] });

/** Settings with the accounts SERVICES (for orders and team-*) and BILLING (for billing). */
export function settingsWith(parts: Partial<ControllerSettings> = {}): ControllerSettings {
  return {
    region: "east",
    operator,
    url: "nats://nats.nats.svc:4222",
    home: "nats",
    labelPrefixes: [PREFIX],
    defaultInstallation: true,
    rotation: 0,
    resyncSeconds: 600,
    graceSeconds: 0,
    nack: true,
    accounts: { SERVICES: services.account, BILLING: billing.account },
    taken: [],
    ...parts,
  };
}

/** The keys that go with {@link settingsWith}. */
export const keys: ControllerKeys = { accounts: { SERVICES: services.keys, BILLING: billing.keys } };

let made = 0;

/** A request of a pod in namespace orders for all of SERVICES in the Secret `mine`; what is undefined in `words` is left out. */
export function requestWith(
  words: Readonly<Record<string, string | undefined>> = {},
  object: Partial<AskingObject> = {},
): Request {
  made += 1;
  const all: Readonly<Record<string, string | undefined>> = { account: "SERVICES", secret: "mine", ...words };
  const labels = Object.entries(all).flatMap(([word, value]) =>
    value === undefined ? [] : [[`${PREFIX}${word}`, value] as const],
  );
  return {
    prefix: PREFIX,
    object: {
      apiVersion: "v1",
      kind: "Pod",
      namespace: "orders",
      name: `pod-${made}`,
      uid: `uid-${String(made).padStart(4, "0")}`,
      createdAt: "2026-01-01T00:00:00.000Z",
      labels: Object.fromEntries(labels),
      annotations: {},
      ...object,
    },
  };
}
