import { z } from "zod";
import { duration, flag, listOf, mapOf, strict, text, whole, words } from "./fields.ts";
import {
  claimName,
  dnsLabel,
  dnsSubdomain,
  fileName,
  keyName,
  serverPath,
  stackName,
  type NameRule,
  vaultPath,
  webAddress,
} from "./names.ts";
import { listed } from "./problem.ts";

const hour = 3600;

/** How long a login lasts, in seconds. */
function ttl(max: number) {
  return duration(60).refine((seconds) => seconds <= max, { error: `a login lasts at most ${max / hour}h here` });
}

// Vault takes a text with commas for a list: a value with one would let in what is not meant.
const claimValue = z
  .string({ error: "a claim's value is text, without commas" })
  .regex(/^[^,\s](?:[^,]*[^,\s])?$/, { error: "a claim's value is text, without commas" });

const claims = mapOf(
  claimName,
  z
    .union([claimValue, listOf(claimValue, "values").min(1, { error: "at least one value is needed here" })], {
      error: "a claim's value is text, or a list of texts of which one must be there",
    })
    .transform((value) => (Array.isArray(value) ? value.join(",") : value)),
  "claims",
).refine((map) => Object.keys(map).length > 0, {
  error: "at least one claim is needed here: without any, every token of this issuer could sign in",
});

const audiences = listOf(words("an audience"), "audiences").min(1, { error: "at least one audience is needed here" });

const isPublicKey = (pem: string) =>
  /^-----BEGIN (?:RSA )?PUBLIC KEY-----\n[\s\S]+-----END (?:RSA )?PUBLIC KEY-----$/.test(pem);

const algorithms = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "EdDSA"] as const;

const sources = ["discoveryUrl", "jwksUrl", "publicKeys"] as const;

const ciSchema = strict({
  mount: text(vaultPath).default("jwt").describe("Where the jwt login is mounted."),
  create: flag()
    .default(true)
    .describe("Mount the login. false: it is there, knows the issuer's keys, and only receives roles."),
  discoveryUrl: text(webAddress)
    .exactOptional()
    .describe("Issuer of the tokens, if it serves /.well-known/openid-configuration."),
  jwksUrl: text(webAddress).exactOptional().describe("Where the issuer serves its keys as a JWKS."),
  publicKeys: listOf(
    words("a public key").transform((pem) => pem.trim()),
    "public keys",
  )
    // Reported at the list: whoever pastes a private key does not find it in an error.
    .refine((keys) => keys.length > 0 && keys.every(isPublicKey), {
      error: "public keys in PEM are needed here (-----BEGIN PUBLIC KEY-----)",
    })
    .exactOptional()
    .describe("The issuer's public keys, PEM: for a Vault that can't reach the issuer."),
  caFile: text(fileName)
    .exactOptional()
    .describe(
      "PEM file, relative to the project, with the authorities of discoveryUrl or jwksUrl. Absent: the system's.",
    ),
  issuer: words("an issuer")
    .exactOptional()
    .describe("What the tokens' iss must be. Absent: discoveryUrl, or anything."),
  algorithms: listOf(z.enum(algorithms, { error: `an algorithm is one of ${listed(algorithms, "or")}` }), "algorithms")
    .min(1, { error: "at least one algorithm is needed here" })
    .exactOptional()
    .describe("Algorithms that tokens may be signed with. Absent: RS256 alone."),
  audiences: audiences.describe("Audiences, of which a token must have one."),
  claims: claims.describe(
    "What a token's claims must be, such as repository: team/platform; a list means one of its values.",
  ),
  userClaim: words("the name of a claim").default("sub").describe("Claim that Vault's audit log names the caller by."),
  ttl: ttl(hour).prefault("15m").describe("How long a login lasts: at most 1h."),
}).superRefine((ci, issues) => {
  const wrong = (path: string, message: string) => {
    issues.addIssue({ code: "custom", path: [path], message });
  };
  const given = sources.filter((source) => ci[source] !== undefined);
  if (!ci.create) {
    for (const field of [...given, "caFile", "issuer", "algorithms"] as const) {
      if (ci[field] !== undefined) wrong(field, "with create: false the login keeps the issuer that it has");
    }
    return;
  }
  if (given.length === 0) wrong("discoveryUrl", `one of ${listed(sources, "or")} says whose tokens to take`);
  for (const source of given.slice(1)) wrong(source, `${given[0] ?? ""} already says whose tokens to take`);
  if (ci.caFile !== undefined && ci.publicKeys !== undefined) wrong("caFile", "nothing is fetched with publicKeys");
});

const jobSchema = strict({
  serviceAccount: text(dnsSubdomain).describe("Service account of the jobs."),
  namespace: text(dnsLabel).describe("Its namespace."),
  ttl: ttl(hour).prefault("15m").describe("How long a login lasts: at most 1h."),
}).describe("Jobs in one region that mint keys.");

const rotatorsSchema = strict({
  keys: listOf(text(keyName), "names of keys")
    .min(1, { error: "at least one key is needed here" })
    .describe("Keys that may be replaced, such as account.IOT.users."),
  audiences: audiences.exactOptional().describe("Audiences, of which a token must have one. Absent: those of ci."),
  claims: claims.describe(
    "What a token's claims must be: more than CI as such has, such as an environment with reviewers.",
  ),
  ttl: ttl(hour).prefault("15m").describe("When a login ends for good: at most 1h."),
});

/** Key in `pulumi config set --secret <key>`. A token has dots, and does not fit. */
const tokenKey: NameRule = {
  pattern: /^(?!(?:platform|vault)$)[A-Za-z][A-Za-z0-9_-]{0,62}$/,
  allowed:
    "the name of a secret configuration value is needed here: a letter, then at most 62 letters, digits, - and _ (not the token itself)",
};

const clusterSchema = strict({
  host: text(webAddress).describe("Address of the cluster's API server, as Vault reaches it."),
  caFile: text(fileName)
    .exactOptional()
    .describe("PEM file, relative to the project, with the API server's authorities. Absent: the system's."),
  create: flag().default(true).describe("Mount the login. false: it is there, and only its settings are written."),
  holdsVault: flag()
    .default(false)
    .describe(
      "Vault runs in this cluster and asks it as its own service account, which has the ClusterRole system:auth-delegator.",
    ),
  reviewer: text(tokenKey)
    .exactOptional()
    .describe(
      "Name of the secret configuration value with the token of a service account that may review tokens: for a Vault outside the cluster.",
    ),
})
  .refine(({ holdsVault, reviewer }) => !holdsVault || reviewer === undefined, {
    path: ["reviewer"],
    error: "with holdsVault: true Vault asks as its own service account",
  })
  .describe("One region's cluster.");

/** The set-up of a platform's Vault: `nats-platform:vault` of a stack of its own. */
export const vaultSetupSchema = strict({
  stack: text(stackName).describe(
    "Stack of the platform: its keys.store is vault, and all names follow from its file.",
  ),
  createMount: flag().default(false).describe("Make the KV version 2 mount. false: it exists already."),
  kv: strict({
    maxVersions: whole(1).default(20).describe("Versions that are kept of each key."),
    casRequired: flag()
      .default(false)
      .describe("Refuse writes that don't say which version they replace. This program always says it."),
  })
    .exactOptional()
    .describe(
      "Settings of the whole mount. Absent: those of a mount that exists are left alone, a new one has defaults.",
    ),
  audit: strict({
    mount: text(vaultPath).default("file").describe("Name of the device."),
    file: text(serverPath).describe("File on Vault's own machine, or stdout."),
  })
    .exactOptional()
    .describe("Enable an audit device that writes a file. Absent: Vault is asked whether it has one."),
  ci: ciSchema
    .exactOptional()
    .describe("CI runs this program, and signs in with the tokens that its provider gives it."),
  jobs: mapOf(dnsLabel, jobSchema, "regions").default({}).describe("Jobs in clusters that mint keys, by region."),
  rotators: rotatorsSchema
    .exactOptional()
    .describe("Who may replace keys, as long as it stands here. They sign in where CI does."),
  clusters: mapOf(dnsLabel, clusterSchema, "regions")
    .default({})
    .describe(
      "The clusters' logins, by region. A region that is left out has its login already; roles are made in it.",
    ),
}).transform((setup) => ({
  ...setup,
  ...(setup.createMount && setup.kv === undefined ? { kv: { maxVersions: 20, casRequired: false } } : {}),
}));

/** The set-up of a platform's Vault. */
export type VaultSetupSettings = z.output<typeof vaultSetupSchema>;
