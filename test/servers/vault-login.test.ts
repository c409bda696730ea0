import assert from "node:assert/strict";
import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { openVault } from "../../providers/vault/client.ts";
import { makeAuthority, type Authority, type Certificate } from "../../tools/cluster/certificates.ts";
import { fetchWith } from "../support/tls-fetch.ts";
import { startVault, type TestVault } from "../support/vault.ts";

const folder = mkdtempSync(join(tmpdir(), "nats-platform-vault-login-"));
after(() => {
  rmSync(folder, { recursive: true });
});

const health = { method: "GET", path: "secret/config" } as const;

describe("a Vault behind TLS that asks for client certificates", () => {
  let authority: Authority;
  let other: Authority;
  let client: Certificate;
  let vault: TestVault;

  before(async () => {
    authority = await makeAuthority(folder);
    other = await makeAuthority(mkdtempSync(join(folder, "other-")));
    const server = await authority.issue("vault", "vault", "vault", ["127.0.0.1"]);
    client = await authority.issue("client", "minter", "nats");
    vault = await startVault({
      args: ["--certificate", server.certificate, "--key", server.key, "--client-ca", authority.certificate],
      fetch: fetchWith({
        ca: readFileSync(authority.certificate),
        cert: readFileSync(client.certificate),
        key: readFileSync(client.key),
      }),
    });
  });
  after(() => vault.stop());

  const env = () => ({
    VAULT_TOKEN: vault.token,
    VAULT_CLIENT_CERT: client.certificate,
    VAULT_CLIENT_KEY: client.key,
    VAULT_CLIENT_TIMEOUT: "20s",
  });

  test("is reached with the authority of the configuration, or of the environment", async () => {
    const configured = openVault({ address: vault.address, caFile: authority.certificate }, { env: env() });
    assert.equal((await configured.request(health)).status, 200);
    const fromEnvironment = { ...env(), VAULT_CACERT: authority.certificate };
    assert.equal((await openVault({ address: vault.address }, { env: fromEnvironment }).request(health)).status, 200);
  });

  test("is not believed without its authority, and the error says what to configure", async () => {
    for (const caFile of [undefined, other.certificate]) {
      const stranger = openVault({ address: vault.address, caFile }, { env: env() });
      await assert.rejects(
        stranger.request(health),
        /can't be reached: \w+ \(keys\.caFile or VAULT_CACERT names the authorities/,
      );
    }
  });

  test("turns a client without a certificate away, and the error says what is missing", async () => {
    const { VAULT_CLIENT_CERT: _, VAULT_CLIENT_KEY: __, ...anonymous } = env();
    const stranger = openVault({ address: vault.address, caFile: authority.certificate }, { env: anonymous });
    await assert.rejects(stranger.request(health), /VAULT_CLIENT_CERT and VAULT_CLIENT_KEY this client's own/);
  });

  test("is told from another server by the name in its certificate", async () => {
    const named = { ...env(), VAULT_TLS_SERVER_NAME: "vault.example" };
    const stranger = openVault({ address: vault.address, caFile: authority.certificate }, { env: named });
    await assert.rejects(stranger.request(health), /ERR_TLS_CERT_ALTNAME_INVALID/);
  });

  test("is not asked with a certificate file that is not there", () => {
    assert.throws(
      () => openVault({ address: vault.address, caFile: join(folder, "gone.pem") }, { env: env() }),
      /gone\.pem: it can't be read \(ENOENT\)/,
    );
  });
});

describe("a login with a JWT", () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  let vault: TestVault;

  before(async () => {
    vault = await startVault();
    await vault.must("PUT", "sys/policies/acl/all", {
      policy: 'path "secret/*" { capabilities = ["create", "read", "update"] }',
    });
    await vault.must("POST", "sys/auth/ci", { type: "jwt" });
    const pem = publicKey.export({ type: "spki", format: "pem" });
    await vault.must("POST", "auth/ci/config", { jwt_validation_pubkeys: [pem], bound_issuer: "https://ci.example" });
    const role = { role_type: "jwt", bound_audiences: ["vault"], user_claim: "sub", token_policies: ["all"] };
    await vault.must("POST", "auth/ci/role/minter", { ...role, bound_claims: { repository: "team/nats" } });
  });
  after(() => vault.stop());

  const env = (jwt: string) => ({ VAULT_AUTH_ROLE: "minter", VAULT_AUTH_PATH: "ci", VAULT_ID_TOKEN: jwt });

  test("works once for many requests, and again when its token has ended", async () => {
    let logins = 0;
    const jwt = idToken(privateKey, { repository: "team/nats" });
    const login = () => {
      logins += 1;
      return { mount: "ci", role: "minter", jwt };
    };
    const client = openVault({ address: vault.address }, { env: {}, login });
    await Promise.all([1, 2, 3].map(() => client.request(health)));
    assert.equal(logins, 1);
    for (const accessor of (await vault.must("GET", "auth/token/accessors?list=true")).data.keys as string[]) {
      const { data } = await vault.must("POST", "auth/token/lookup-accessor", { accessor });
      if (data.path === "auth/ci/login") await vault.must("POST", "auth/token/revoke-accessor", { accessor });
    }
    const answers = await Promise.all([1, 2, 3].map(() => client.request(health)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
    assert.equal(logins, 2);
  });

  test("that Vault refuses ends in an error with its reason, and without the JWT", async () => {
    for (const [claims, reason] of [
      [{ repository: "somebody/else" }, /claim "repository" does not match/],
      [{ repository: "team/nats", aud: "others" }, /audience/],
      [{ repository: "team/nats", exp: 1000 }, /expired|not valid/],
    ] as const) {
      const jwt = idToken(privateKey, claims);
      const failure = await openVault({ address: vault.address }, { env: env(jwt) })
        .request(health)
        .catch((error: unknown) => error as Error);
      assert.ok(failure instanceof Error && failure.stack === "");
      assert.match(failure.message, /refuses the login of role minter at auth\/ci: /);
      assert.match(failure.message, reason);
      assert.ok(!failure.message.includes(jwt));
    }
  });
});

/** A JWT as a CI system makes it for a job. */
function idToken(key: KeyObject, claims: Readonly<Record<string, unknown>>): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const all = { iss: "https://ci.example", aud: "vault", sub: "job", iat: now, nbf: now, exp: now + 600, ...claims };
  const text = `${part({ alg: "EdDSA", typ: "JWT" })}.${part(all)}`;
  return `${text}.${sign(null, Buffer.from(text), key).toString("base64url")}`;
}
