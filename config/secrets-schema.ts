import { z } from "zod";
import { TOKEN_ALGORITHMS } from "../nats/robot-token.ts";
import { duration, flag, listOf, mapOf, strict, text, whole, words } from "./fields.ts";
import {
  claim,
  dnsLabel,
  entityName,
  fileName,
  generatedSecretName,
  labelKey,
  labelValue,
  publicNkey,
  seedSource,
} from "./names.ts";
import { at } from "./merge.ts";
import { listed } from "./problem.ts";

const destinationSchema = strict({
  region: text(dnsLabel).describe("Region of this stack."),
  namespace: text(dnsLabel).describe("Namespace there. It must exist."),
}).describe("One namespace of one region.");

const destinations = listOf(destinationSchema, "regions and namespaces");

/** Material never stands here: what a chart leaves empty may be given as it is. */
function empty(instead: string) {
  return z
    .literal("", { error: `what is secret can't stand here in plain text: ${instead}` })
    .exactOptional()
    .describe("Empty: a chart's values have this field.");
}

const common = {
  enabled: flag().default(true).describe("false: there is no such Secret."),
  secretName: text(generatedSecretName).describe("Name of the Secret, as the cluster sees it."),
  generate: flag().default(false).describe("Mint what it holds, once. false: it is given."),
  overwrite: flag()
    .default(false)
    .describe(
      "false: a Secret that is there already is left alone, and what it holds is kept. true: ours takes its place.",
    ),
  rotation: whole(0).default(0).describe("Raise it by one for new content."),
  immutable: flag().default(false).describe("The Secret is immutable: a change replaces it."),
  deliver: destinations.exactOptional().describe("Where the Secret is to be. Absent: where secrets.deliver says."),
};

function givenFrom(what: string) {
  return text(seedSource)
    .exactOptional()
    .describe(
      `Where the existing ${what} is: the name of a secret configuration value; with keys in Vault, path#field below keys.mount.`,
    );
}

const nkeySchema = strict({
  ...common,
  kind: z
    .enum(["user", "account"], { error: "a kind is user or account" })
    .exactOptional()
    .describe("Kind of the nkey. Absent: user where it is minted; one that exists may be of an account, too."),
  publicKey: z
    .union([z.literal(""), text(publicNkey)], { error: publicNkey.allowed })
    .exactOptional()
    .describe("Public key that an existing seed must have."),
  seed: empty("give it with seedFrom"),
  seedFrom: givenFrom("seed"),
  jwks: listOf(
    strict({
      region: text(dnsLabel).describe("Region of this stack."),
      namespace: text(dnsLabel).describe("Namespace there. It must exist."),
      configMap: text(dnsLabel).exactOptional().describe("Name of the ConfigMap. Default: <secretName>-jwks."),
    }),
    "regions, namespaces and ConfigMaps",
  )
    .exactOptional()
    .describe(
      "Where the key set is to be with which applications check the tokens that this nkey signs. Absent: beside those tokens, in the ConfigMap <secretName>-jwks.",
    ),
});

const passwordSchema = strict({
  ...common,
  username: words("a user name").exactOptional().describe("User name to stand beside the password."),
  password: empty("give it with passwordFrom"),
  passwordFrom: givenFrom("password"),
  length: z
    .int({ error: "a whole number from 16 to 256 is needed here" })
    .min(16, { error: "a whole number from 16 to 256 is needed here" })
    .max(256, { error: "a whole number from 16 to 256 is needed here" })
    .default(32)
    .describe("Characters of a generated password."),
  alphabet: z
    .string({ error: alphabetAllowed() })
    .refine((value) => /^[\x21-\x7e]{10,}$/.test(value) && new Set(value).size === value.length, {
      error: alphabetAllowed(),
    })
    .default("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    .describe("Characters that a generated password is made of."),
  bcrypt: flag()
    .default(false)
    .describe("The Secret also holds the password's bcrypt hash, as nats-server takes it: passwordHash."),
});

function alphabetAllowed(): string {
  return "an alphabet has at least 10 printable ASCII characters without spaces, each of them once";
}

const formats = ["legacy", "application", "nats"] as const;

const tokenSchema = strict({
  ...common,
  token: empty("give it with tokenFrom"),
  tokenFrom: givenFrom("token"),
  claims: listOf(text(claim), "claims").default([]).describe("What the token says of its robot, each as name:value."),
  tokenType: words("a token type").default("robot").describe("The token's type."),
  robotName: text(entityName).exactOptional().describe("The robot. Absent: the entry's name."),
  format: z
    .enum(formats, { error: `a format is ${listed(formats, "or")}` })
    .default("legacy")
    .describe(
      "legacy: as the chart's jwt-mint makes it. application: a JWT of RFC 7519 for an application. nats: a NATS user's credentials.",
    ),
  signer: text(generatedSecretName)
    .default("glass-jwt-mint-nkey")
    .describe("secretName of the nkey (natsNKeys) that signs it. Not for format nats."),
  ttl: duration(60)
    .exactOptional()
    .describe("format application: how long a token lives (default 90d). It is renewed after two thirds of that."),
  algorithm: z
    .enum(TOKEN_ALGORITHMS, { error: `an algorithm is ${listed(TOKEN_ALGORITHMS, "or")}` })
    .exactOptional()
    .describe("format application: the name of the algorithm in the header. Default: EdDSA."),
  issuer: words("an issuer").exactOptional().describe("format application: iss."),
  subject: words("a subject").exactOptional().describe("format application: sub. Default: robot:<robotName>."),
  audience: words("an audience").exactOptional().describe("format application: aud, the application that checks it."),
  claimsNamespace: words("the name of a claim")
    .exactOptional()
    .describe("format application: the claim under which tokenType and claims stand. Default: nats-platform."),
  account: text(entityName).exactOptional().describe("format nats: account of the user."),
  role: text(entityName).exactOptional().describe("format nats: role of the user."),
});

/** A map from names to entries, as the chart has it, or a list, which {@link named} makes a map of. */
function family<Entry extends z.core.SomeType>(entry: Entry, holds: string) {
  const error = `a map or a list of ${holds} is needed here`;
  return z
    .union([mapOf(entityName, entry, holds), listOf(entry, holds)], { error })
    .transform((input): Record<string, z.output<Entry>> => (Array.isArray(input) ? named(input) : input));
}

/** The entries of a list by the names of their Secrets. */
export function named<Entry>(entries: readonly Entry[]): Record<string, Entry> {
  const names = entries.map((entry, place) => {
    const name = at(entry, "secretName");
    return [typeof name === "string" ? name : `entry-${String(place)}`, entry] as const;
  });
  return Object.fromEntries(names);
}

/** Generated Secrets: nkeys, passwords and tokens, under the names that the chart's values have. */
export const secretsSchema = strict({
  fromValues: text(fileName)
    .exactOptional()
    .describe(
      "A values file of the chart, relative to the project: its natsNKeys, natsAuth and natsJwtAuth are taken, what stands here comes on top.",
    ),
  namePrefix: z
    .string({ error: "a prefix is text such as glass-" })
    .regex(/^[a-z0-9-]*$/, { error: "a prefix has a-z, 0-9 and - only" })
    .default("glass-")
    .describe("What the chart puts before each secretName of the values file."),
  deliver: destinations.default([]).describe("Where all Secrets go that don't say so themselves."),
  labels: mapOf(labelKey, text(labelValue), "labels")
    .default({})
    .describe("Labels that all of the Secrets carry, beside nats-platform/generated=true."),
  existing: listOf(
    strict({
      region: text(dnsLabel).describe("Region with a render target."),
      context: words("the name of a kubeconfig context").describe("Context of the kubeconfig."),
      kubeconfig: words("the path of a kubeconfig file").exactOptional().describe("Path of the kubeconfig."),
    }).describe("One cluster to look into."),
    "clusters",
  )
    .default([])
    .describe("Clusters of regions that render, to look into when a Secret is first made: what is there is kept."),
  natsNKeys: family(nkeySchema.describe("One nkey."), "nkeys").prefault({}).describe("Nkeys: publicKey and seed."),
  natsAuth: family(passwordSchema.describe("One password."), "passwords").prefault({}).describe("Passwords."),
  natsJwtAuth: family(tokenSchema.describe("One token."), "tokens").prefault({}).describe("Robot tokens."),
});

/** The three families, by the names of their fields. */
export const FAMILIES = ["natsNKeys", "natsAuth", "natsJwtAuth"] as const;
export type Family = (typeof FAMILIES)[number];
