import type { z } from "zod";
import { accountSchema, seedFrom } from "./account-schema.ts";
import { argocdSchema } from "./argocd/schema.ts";
import { mapOf, strict, text } from "./fields.ts";
import { keysSchema } from "./keys-schema.ts";
import { dnsLabel, entityName } from "./names.ts";
import { secretsSchema } from "./secrets-schema.ts";
import { regionInputSchema, regionSchema } from "./region-schema.ts";

export type { StateKeys, VaultKeys } from "./keys-schema.ts";
export type { ExternalSecretsSettings, Target } from "./region-schema.ts";

const shape = {
  operator: strict({
    name: text(entityName).describe("Name of the operator: the root of trust of this stack."),
    seedFrom,
  }).describe("The operator."),
  keys: keysSchema,
  accounts: mapOf(entityName, accountSchema.describe("One account."), "accounts")
    .prefault({})
    .transform((accounts): typeof accounts => ({ SYS: accountSchema.parse({}), ...accounts }))
    .describe("Accounts by name. SYS, the system account, is always there; list it only to tune it."),
  secrets: secretsSchema.prefault({}).describe("Secrets that are generated: nkeys, passwords and robot tokens."),
  argocd: argocdSchema.exactOptional(),
};

/** The configuration of a stack after `defaults` were merged under every region. */
export const platformSchema = strict({
  ...shape,
  regions: mapOf(dnsLabel, regionSchema.describe("One region."), "regions").default({}).describe("Regions by name."),
});

/** The configuration of a stack as it is written. The JSON Schema for editors comes from here. */
export const platformInputSchema = strict({
  ...shape,
  defaults: regionInputSchema
    .exactOptional()
    .describe("Merged under every region: maps merge at every depth, lists and single values replace."),
  regions: mapOf(dnsLabel, regionInputSchema.describe("One region."), "regions")
    .default({})
    .describe("Regions by name."),
});

/** A stack's configuration: defaults applied, sizes in bytes, durations in seconds. */
export type Platform = z.output<typeof platformSchema>;
/** The root of trust. */
export type Operator = Platform["operator"];
/** Where minted keys live. */
export type Keys = Platform["keys"];
/** One account. */
export type Account = Platform["accounts"][string];
/** Limits of an account; -1 is none. */
export type Limits = Account["limits"];
/** A scoped signing key and its permissions. */
export type Role = Account["roles"][string];
/** One user. */
export type User = Account["users"][string];
/** A Secret that receives a user's credentials. */
export type Delivery = User["deliver"][number];
/** Who may receive an account's credentials. */
export type Allow = Account["allow"][number];
/** One region. */
export type Region = Platform["regions"][string];
/** How workloads of a region ask for credentials by labels. */
export type DiscoverySettings = NonNullable<Region["discovery"]>;
/** A Mosquitto broker that is bridged to NATS. */
export type MqttBridge = Region["mqttBridges"][string];
/** How a region is watched. */
export type MonitoringSettings = NonNullable<Region["monitoring"]>;
/** The servers of a region. */
export type NatsSettings = Region["nats"];
/** Secrets that are generated. */
export type GeneratedSecrets = Platform["secrets"];
/** A Secret with an nkey. */
export type NkeyEntry = GeneratedSecrets["natsNKeys"][string];
/** A Secret with a password. */
export type PasswordEntry = GeneratedSecrets["natsAuth"][string];
/** A Secret with a robot token. */
export type TokenEntry = GeneratedSecrets["natsJwtAuth"][string];
/** A namespace of a region. */
export type Destination = GeneratedSecrets["deliver"][number];
