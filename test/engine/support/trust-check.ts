import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { parseCreds } from "../../../nats/creds.ts";
import { verifyJwt } from "../../../nats/jwt.ts";
import { publicKeyOf, type Seed } from "../../../nats/nkeys.ts";
import { renderManifest } from "../../../providers/manifest/yaml.ts";
import type { ManifestInputs } from "../../../providers/manifest.ts";
import type { ProjectCopy } from "./project-copy.ts";
import { filesOf } from "./rendered.ts";
import { nameOf, type State } from "./state.ts";

/** A claim as a server reads it. */
interface Read {
  readonly sub: string;
  readonly iss: string;
  readonly nats: {
    readonly issuer_account?: string;
    readonly signing_keys?: readonly (string | { readonly key: string })[];
  };
}

/** Asserts that the folders hold exactly the manifests that the state says, to the byte. */
export function assertManifestsInStep(copy: ProjectCopy, { resources }: State): void {
  const manifests = resources.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/manifest:"));
  const expected = manifests.map(({ outputs }) => {
    const { path, manifest } = outputs as unknown as ManifestInputs;
    return [path, renderManifest(manifest)] as const;
  });
  const found = Object.entries(filesOf(copy)).filter(([path]) => !path.endsWith("/.gitignore"));
  assert.deepEqual(Object.fromEntries(found), Object.fromEntries(expected));
}

/**
 * Asserts what servers would: the operator's JWT carries the keys that signed the accounts, and each of these carries the
 * key that signed the users in the rendered credentials. Returns how many users there were.
 */
export function assertCredentialsFit(copy: ProjectCopy, secrets = "deploy/local-secrets"): number {
  const secret = (file: string) => secretIn(join(copy.folder, secrets, file));
  const conf = secret("secret.nats.nats-config.yaml")["nats.conf"] ?? "";
  const operator = read(/^operator: "?(eyJ[\w.-]+)/m.exec(conf)?.[1] ?? "no operator in nats.conf");
  const manifests = join(copy.folder, secrets.replace(/-secrets$/, ""));
  const preload = dataIn(join(manifests, "1-configuration/configmap.nats.nats-accounts.yaml"))["accounts.conf"] ?? "";
  const accounts = new Map(
    [...preload.matchAll(/(A[A-Z2-7]{55}): "(eyJ[\w.-]+)"/g)].map(([, key = "", jwt = ""]) => [key, read(jwt)]),
  );
  for (const [key, account] of accounts) {
    assert.equal(account.sub, key);
    assert.ok(signers(operator).includes(account.iss), `account ${key} is signed by no signing key of the operator`);
  }
  const files = Object.keys(filesOf(copy, secrets)).filter((path) => path.endsWith(".yaml"));
  const creds = files.flatMap((path) => secretIn(join(copy.folder, path))["nats.creds"] ?? []);
  for (const text of creds) {
    const { jwt, seed } = parseCreds(text);
    const user = read(jwt);
    assert.equal(user.sub, publicKeyOf(seed));
    const account = accounts.get(user.nats.issuer_account ?? "");
    assert.ok(
      account !== undefined && signers(account).includes(user.iss),
      `user ${user.sub} is signed by no key of its account`,
    );
  }
  return creds.length;
}

/** Asserts that each user is signed by a key of its account, as the account's JWT in the state says. */
export function assertUsersFit(state: State, users: readonly { readonly jwt: string; seed: Seed }[]): void {
  const accounts = new Map(
    state.resources
      .filter(({ type, urn }) => type.endsWith("nats:Jwt") && nameOf(urn).startsWith("account."))
      .map(({ outputs }) => {
        const { claims } = verifyJwt(String(outputs.jwt));
        const keys = (claims.nats?.signing_keys ?? []) as (string | { key: string })[];
        return [claims.sub, keys.map((key) => (typeof key === "string" ? key : key.key))] as const;
      }),
  );
  for (const { jwt, seed } of users) {
    const { claims } = verifyJwt(jwt);
    assert.equal(claims.sub, publicKeyOf(seed));
    const account = claims.nats?.issuer_account as typeof claims.sub;
    assert.ok(accounts.get(account)?.includes(String(claims.iss)), `${String(claims.name)} is signed by its account`);
  }
}

function dataIn(file: string): Record<string, string> {
  return (parse(readFileSync(file, "utf8")) as { data: Record<string, string> }).data;
}

function secretIn(file: string): Record<string, string> {
  return (parse(readFileSync(file, "utf8")) as { stringData?: Record<string, string> } | null)?.stringData ?? {};
}

function read(jwt: string): Read {
  return verifyJwt(jwt).claims as unknown as Read;
}

function signers({ nats }: Read): string[] {
  return (nats.signing_keys ?? []).map((key) => (typeof key === "string" ? key : key.key));
}
