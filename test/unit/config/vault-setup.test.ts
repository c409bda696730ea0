import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { stackFileSchema } from "../../../config/json-schema.ts";
import { keyNames } from "../../../config/key-names.ts";
import { loadVaultSetup } from "../../../config/load-vault-setup.ts";
import { at, isMap, merge } from "../../../config/merge.ts";
import { parsePlatform } from "../../../config/parse.ts";
import { readVaultSetup } from "../../../config/parse-vault-setup.ts";
import { ConfigError } from "../../../config/problem.ts";
import { encodeSeed } from "../../../nats/nkeys.ts";
import { platformOf, runProgram } from "../../support/program.ts";
import { messageOf } from "./message.ts";

/** The platform's stack file; a row of a table changes it. */
const prod = parse(`
config:
  nats-platform:platform:
    operator: { name: prod }
    keys: { store: vault, address: https://vault.example, path: team/nats }
    accounts:
      IOT: { roles: { worker: {} }, users: { u: { role: worker } } }
    regions:
      eu: { target: { render: deploy/eu } }
      us: { target: { render: deploy/us }, externalSecrets: { authMount: kubernetes-us } }
`) as unknown;

/** A right set-up; a row of a table changes it. */
const right = parse(`
stack: prod
ci:
  discoveryUrl: https://issuer.example
  audiences: [vault]
  claims: { repository: team/platform }
clusters:
  eu: { host: https://eu.example:6443, caFile: eu.pem }
`) as unknown;

const certificate = "-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n";

function read(setup: unknown, prodFile: unknown = prod) {
  const files: Record<string, string> = {
    "Pulumi.prod.yaml": JSON.stringify(prodFile),
    "Pulumi.dev.yaml": JSON.stringify(inProd({ keys: { store: "state", address: null, path: null } })),
    "Pulumi.empty.yaml": "",
    "Pulumi.torn.yaml": "config: {",
    "eu.pem": certificate,
    "eu.key": "-----BEGIN PRIVATE KEY-----\n",
  };
  return readVaultSetup(setup, (name) => files[name]);
}

/** The platform's stack file with something else in its platform. */
function inProd(more: object): unknown {
  return withoutNulls(merge(prod, { config: { "nats-platform:platform": more } }));
}

function withoutNulls(value: unknown): unknown {
  if (!isMap(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutNulls(item)]));
}

/** What is wrong, YAML merged over a right set-up, and every line of the error. */
type Row = readonly [title: string, yaml: string, ...lines: string[]];

function refuses(rows: readonly Row[], prodFile?: unknown): void {
  for (const [title, yaml, ...lines] of rows) {
    test(`${title}: the whole message`, () => {
      const { problems, config } = read(withoutNulls(merge(right, parse(yaml))), prodFile);
      assert.equal(config, undefined);
      const [, ...found] = new ConfigError(problems).message.split("\n  ");
      assert.deepEqual(found, lines);
    });
  }
}

test("a right set-up is read, with what stays unsaid, and frozen", () => {
  const { problems, config } = read(right);
  assert.deepEqual(problems, []);
  assert.ok(config !== undefined);
  const { setup, platform } = config;
  assert.equal(platform.keys.mount, "secret");
  assert.equal(setup.ci?.ttl, 900);
  assert.deepEqual(setup.ci.claims, { repository: "team/platform" });
  assert.equal(setup.createMount, false);
  assert.equal(setup.kv, undefined, "the settings of a mount that others made are left alone");
  assert.ok(Object.isFrozen(setup.ci.claims));
});

test("a new mount keeps versions, and a list of values of a claim becomes what Vault takes", () => {
  const { config } = read(merge(right, { createMount: true, ci: { claims: { ref: ["a", "b"] } } }));
  assert.deepEqual(config?.setup.kv, { maxVersions: 20, casRequired: false });
  assert.deepEqual(config.setup.ci?.claims, { repository: "team/platform", ref: "a,b" });
});

refuses([
  [
    "there is no such stack",
    "stack: prd",
    'stack: found "prd", but there is no file Pulumi.prd.yaml: name the stack that holds the platform',
  ],
  [
    "the stack's keys are in its state",
    "stack: dev",
    'stack: found "dev", whose keys.store is state, but keys.store must be vault in Pulumi.dev.yaml',
  ],
  [
    "the stack has no platform",
    "stack: empty",
    'stack: found "empty" without a platform, but Pulumi.empty.yaml must have nats-platform:platform',
  ],
  ["the stack's file is torn", "stack: torn", 'stack: found "torn", but Pulumi.torn.yaml is no YAML'],
  [
    "the stack is a path",
    "stack: ../other/prod",
    'stack: found "../other/prod", but the name of a stack of this project is needed here, such as prod',
  ],
  [
    "there is no stack",
    "stack: null",
    "stack: found nothing, but the name of a stack of this project is needed here, such as prod",
  ],
  [
    "regions are unknown",
    "{ clusters: { eua: { host: https://eua.example } }, jobs: { mars: { serviceAccount: jobs, namespace: nats } } }",
    'clusters.eua: found "eua", but stack prod has only the regions eu and us; did you mean eu?',
    'jobs.mars: found "mars", but stack prod has only the regions eu and us',
  ],
  [
    "everything at once, in both files' words",
    "{ stack: prod, ci: { ttl: 2h, claims: null }, clusters: { eua: { host: eua } }, cluster: {} }",
    "ci.claims: found nothing, but a map of claims is needed here",
    'ci.ttl: found "2h", but a login lasts at most 1h here',
    "cluster: found an unknown key, but only stack, createMount, kv, audit, ci, jobs, rotators or clusters can stand here; did you mean clusters?",
    'clusters.eua.host: found "eua", but an address like https://issuer.example is needed here (plain http only for localhost)',
  ],
  [
    "CI is bound to no claim",
    "ci: { claims: { repository: null } }",
    "ci.claims: found a map, but at least one claim is needed here: without any, every token of this issuer could sign in",
  ],
  [
    "CI is bound to no audience",
    "ci: { audiences: [] }",
    "ci.audiences: found an empty list, but at least one audience is needed here",
  ],
  [
    "a claim's value is a list in disguise",
    'ci: { claims: { repository: "team/platform,evil/platform" } }',
    `ci.claims.repository: found "team/platform,evil/platform", but a claim's value is text, without commas`,
  ],
  [
    "nobody says whose tokens to take",
    "ci: { discoveryUrl: null }",
    "ci.discoveryUrl: found nothing, but one of discoveryUrl, jwksUrl or publicKeys says whose tokens to take",
  ],
  [
    "two say whose tokens to take",
    "ci: { jwksUrl: https://issuer.example/keys }",
    'ci.jwksUrl: found "https://issuer.example/keys", but discoveryUrl already says whose tokens to take',
  ],
  [
    "a login that is there is to have another issuer",
    "ci: { create: false }",
    'ci.discoveryUrl: found "https://issuer.example", but with create: false the login keeps the issuer that it has',
  ],
  [
    "the issuer is asked in plain text",
    "ci: { discoveryUrl: http://issuer.example }",
    'ci.discoveryUrl: found "http://issuer.example", but an address like https://issuer.example is needed here (plain http only for localhost)',
  ],
  [
    "a private key stands where a public one belongs, and is not shown",
    'ci: { discoveryUrl: null, publicKeys: ["-----BEGIN PRIVATE KEY-----\\nMC4CAQAwBQYDK2Vw\\n-----END PRIVATE KEY-----"] }',
    "ci.publicKeys: found a list, but public keys in PEM are needed here (-----BEGIN PUBLIC KEY-----)",
  ],
  [
    "a file with authorities is missing, and another holds none",
    "clusters: { eu: { caFile: eu.key }, us: { host: https://us.example, caFile: us.pem } }",
    'clusters.eu.caFile: found "eu.key", but there is no such file with certificates in PEM, relative to the project',
    'clusters.us.caFile: found "us.pem", but there is no such file with certificates in PEM, relative to the project',
  ],
  [
    "a file outside the project",
    "clusters: { eu: { caFile: ../eu.pem } }",
    'clusters.eu.caFile: found "../eu.pem", but a file here is relative and inside the project, such as vault-ca.pem (letters, digits, ., -, _ and / only)',
  ],
  [
    "a reviewer where Vault asks as itself, and a token in the place of its name",
    "clusters: { eu: { holdsVault: true, reviewer: euReviewer }, us: { host: https://us.example, reviewer: eyJhbGciOi.eyJodW50ZXIy.c2lnbmVk } }",
    'clusters.eu.reviewer: found "euReviewer", but with holdsVault: true Vault asks as its own service account',
    'clusters.us.reviewer: found "(secret, not shown)", but the name of a secret configuration value is needed here: a letter, then at most 62 letters, digits, - and _ (not the token itself)',
  ],
  [
    "keys to be replaced are unknown, or a pattern",
    "rotators: { claims: { environment: rotation }, keys: [account.IOT.user, account.IOT, account.*] }",
    'rotators.keys[2]: found "account.*", but the name of a key is needed here, such as account.IOT.users',
  ],
  [
    "keys to be replaced are unknown",
    "rotators: { claims: { environment: rotation }, keys: [account.IOT, account.IOT.user] }",
    'rotators.keys[1]: found "account.IOT.user", but stack prod has no key of this name; did you mean account.IOT.users?',
  ],
  [
    "whoever replaces keys can't sign in",
    "{ ci: null, rotators: { claims: { environment: rotation }, keys: [operator] } }",
    "rotators: found rotators without ci, but they sign in where CI does: ci is needed",
  ],
  [
    "whoever replaces keys may do so all day",
    "rotators: { claims: { environment: rotation }, keys: [operator], ttl: 1d }",
    'rotators.ttl: found "1d", but a login lasts at most 1h here',
  ],
  [
    "CI's login is a cluster's",
    "ci: { mount: kubernetes }",
    'clusters.eu: found the login "kubernetes", but ci.mount has the same: give the regions of different clusters different logins (externalSecrets.authMount in stack prod), and let one region speak for those of one cluster',
  ],
  [
    "the audit's file is no path",
    "audit: { file: audit.log }",
    'audit.file: found "audit.log", but an absolute path such as /vault/audit/audit.log is needed here, or stdout',
  ],
]);

refuses(
  [
    [
      "two clusters have one login",
      "clusters: { us: { host: https://us.example } }",
      'clusters.us: found the login "kubernetes", but clusters.eu has the same: give the regions of different clusters different logins (externalSecrets.authMount in stack prod), and let one region speak for those of one cluster',
    ],
    [
      "jobs of two regions have one role",
      "jobs: { eu: { serviceAccount: a, namespace: nats }, us: { serviceAccount: b, namespace: nats } }",
      'jobs.us: found the login "kubernetes", but jobs.eu has the same: give the regions of different clusters different logins (externalSecrets.authMount in stack prod), and let one region speak for those of one cluster',
    ],
  ],
  inProd({ regions: { us: { externalSecrets: { authMount: "kubernetes" } } } }),
);

refuses(
  [
    [
      "two regions with one login don't agree who signs in, in the platform's file",
      "{}",
      'Pulumi.prod.yaml: regions.us.externalSecrets.audience: found "vault-us", but region eu has the same login (kubernetes) and "vault": regions of different clusters need different logins (authMount), those of one cluster the same audience',
    ],
  ],
  inProd({ regions: { us: { externalSecrets: { authMount: "kubernetes", audience: "vault-us" } } } }),
);

/** An Argo CD in Vault's sight, beside region eu. */
const argocdBeside = (externalSecrets: object, eu: object = {}, namespace = "argocd") =>
  inProd({
    argocd: {
      ...{ target: { render: "deploy/argocd" }, version: "3.2.11", namespace, externalSecrets },
      clusters: { c: { server: "https://c.example", token: { from: "argo/c#token" } } },
    },
    regions: { eu: { argocd: { cluster: "in-cluster" }, externalSecrets: eu } },
  });

refuses(
  [
    [
      "Argo CD's store of all namespaces has a region's role, and another service account",
      "{}",
      'Pulumi.prod.yaml: argocd.externalSecrets.serviceAccount: found "argo", but region eu has the same login (kubernetes) and "nats-vault", and they would have one role: it needs the same serviceAccount, or a login of its own (authMount)',
    ],
  ],
  argocdBeside({ kind: "ClusterSecretStore", name: "argo", serviceAccount: "argo" }, { kind: "ClusterSecretStore" }),
);

refuses(
  [
    [
      "Argo CD's store has the role of a region's in its namespace, and another audience",
      "{}",
      'Pulumi.prod.yaml: argocd.externalSecrets.audience: found "argo", but region eu has the same login (kubernetes) and "vault", and they would have one role: it needs the same audience, or a login of its own (authMount)',
    ],
  ],
  argocdBeside({ create: false, audience: "argo" }, {}, "nats"),
);

test("Argo CD has another service account than a region where its role is another", () => {
  assert.deepEqual(read(right, argocdBeside({ serviceAccount: "argo" })).problems, []);
  const store = { kind: "ClusterSecretStore", name: "argo", serviceAccount: "argo" };
  assert.deepEqual(read(right, argocdBeside(store)).problems, []);
});

refuses(
  [
    [
      "a key in Transit is to be replaced",
      "rotators: { claims: { environment: rotation }, keys: [account.IOT.role.worker, account.IOT] }",
      'rotators.keys[0]: found "account.IOT.role.worker", but this key is in Transit, where nobody replaces it',
    ],
  ],
  inProd({ keys: { transit: { mount: "transit" } } }),
);

refuses(
  [
    [
      "the platform is wrong itself, beside the set-up",
      "ci: { userClaim: '' }",
      'ci.userClaim: found "", but the name of a claim is needed here',
      'Pulumi.prod.yaml: accounts.IOT.users.u.role: found "wrker", but account IOT has only the role worker',
    ],
  ],
  inProd({ accounts: { IOT: { users: { u: { role: "wrker" } } } } }),
);

test("the names of a platform's keys are those of the keys that it mints", async () => {
  const platform = merge(platformOf("dev"), { accounts: { IOT: { users: { thermometer: { seedFrom: "seed" } } } } });
  const seed = encodeSeed("user", new Uint8Array(32).fill(3));
  const registrations = await runProgram({ stack: "dev", platform, secretConfig: { seed } });
  const minted = registrations.filter(({ type }) => type === "pulumi-nodejs:dynamic/nats:Key").map(({ name }) => name);
  const named = keyNames(parsePlatform(platform)).map(({ name }) => name);
  assert.ok(named.includes("account.IOT.user.thermometer"));
  assert.deepEqual(named.sort(), minted.sort());
});

/** The configuration as the engine hands it over. */
function stack(values: Record<string, unknown>, secretKeys: readonly string[] = []): void {
  const entries = Object.entries(values).map(([name, value]) => [
    `nats-platform:${name}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(entries) as Record<string, string>, [...secretKeys]);
}

function project(t: { after: (fn: () => void) => void }): string {
  const folder = mkdtempSync(join(tmpdir(), "nats-platform-vault-setup-"));
  t.after(() => {
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, "Pulumi.prod.yaml"), JSON.stringify(prod));
  writeFileSync(join(folder, "eu.pem"), certificate);
  return folder;
}

test("a stack without a set-up has none, and one with it reads the platform's file beside it", (t) => {
  const folder = project(t);
  stack({ platform: {} });
  assert.equal(loadVaultSetup(folder), undefined);
  stack({ vault: right });
  assert.deepEqual(Object.keys(loadVaultSetup(folder)?.platform.regions ?? {}), ["eu", "us"]);
});

test("a platform and its Vault's set-up don't share a stack", (t) => {
  stack({ vault: merge(right, { stack: "prd" }), platform: {} });
  const message = messageOf(() => loadVaultSetup(project(t)));
  assert.match(message, /^ {2}vault: found a platform in the same stack, but .* give each a stack of its own/m);
  assert.match(message, /^ {2}stack: found "prd"/m);
});

test("a set-up with a secret in it is refused, and nothing of it is shown", (t) => {
  stack({ vault: { stack: "hunter2 hunter2" } }, ["nats-platform:vault"]);
  const message = messageOf(() => loadVaultSetup(project(t)));
  assert.match(message, /^ {2}vault: found an encrypted value \(secure:\) in it, but nothing in it is secret/m);
  assert.doesNotMatch(message, /hunter2/);
});

test("a reviewer's token is handed out as a secret", async (t) => {
  const reviewer = "eyJhbGciOi.eyJzdWIi.c2lnbmVk";
  stack({ vault: reviewedBy("euReviewer"), euReviewer: reviewer }, ["nats-platform:euReviewer"]);
  const token = loadVaultSetup(project(t))?.token("euReviewer");
  assert.ok(token !== undefined && (await pulumi.isSecret(token)));
});

test("a reviewer's token that is missing, open or something else is refused, and nothing of it is shown", (t) => {
  const path = "clusters.eu.reviewer";
  const command = "type `pulumi config set --secret euReviewer` and paste the token when asked";
  const secret = ["nats-platform:euReviewer"];
  for (const [value, secrets, line] of [
    [undefined, [], `${path}: found the name euReviewer, but there is no such value: ${command}`],
    [
      "eyJhbGciOi.eyJodW50ZXIy.c2lnbmVk",
      [],
      `${path}: found euReviewer in plain text, but a token must be encrypted: ${command}`,
    ],
    [
      "hunter2",
      secret,
      `${path}: found a value in euReviewer that is no service account's token (not shown), but such a token is needed here: ${command}`,
    ],
  ] as const) {
    stack({ vault: reviewedBy("euReviewer"), ...(value === undefined ? {} : { euReviewer: value }) }, secrets);
    const message = messageOf(() => loadVaultSetup(project(t)));
    assert.equal(message, `The configuration has a problem:\n  ${line}`);
  }
});

function reviewedBy(reviewer: string): unknown {
  return merge(right, { clusters: { eu: { reviewer } } });
}

test("a set-up that is plain text is refused", (t) => {
  stack({ vault: "yes" });
  assert.match(
    messageOf(() => loadVaultSetup(project(t))),
    /^ {2}vault: found "yes", but a map is needed here; its keys are stack, /m,
  );
});

test("an editor sees what is wrong in a set-up, and that it stands alone", () => {
  const fits = new Ajv({ strict: false }).compile(stackFileSchema());
  const config = (setup: unknown, more = {}) => ({ config: { "nats-platform:vault": setup, ...more } });
  assert.ok(fits(config(right)), JSON.stringify(fits.errors));
  assert.ok(!fits(config({ ...(right as object), cluster: {} })));
  assert.ok(!fits(config(merge(right, { ci: { ttl: 60 } }))));
  assert.ok(!fits({ config: {} }));
  const platform = at(at(prod, "config"), "nats-platform:platform");
  assert.ok(!fits(config(right, { "nats-platform:platform": platform })));
});
