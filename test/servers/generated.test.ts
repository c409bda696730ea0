import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { connect, nkeyAuthenticator } from "@nats-io/transport-node";
import { jwtVerify, createLocalJWKSet } from "jose";
import { encodeSeed, publicKeyOf, signerOf, type PublicNkey } from "../../nats/nkeys.ts";
import { keySet, signRobotTokenNow, tokenWindow, type ApplicationToken } from "../../nats/robot-token.ts";
import { parseContent, textOfData } from "../../providers/content/content.ts";
import type { Recipe } from "../../providers/content/recipe.ts";
import { keyProvider, type KeyInputs, type KeyOutputs } from "../../providers/key.ts";
import { secretDocumentProvider, type SecretDocumentInputs } from "../../providers/secret-document.ts";
import { open } from "../../providers/stores/keep.ts";
import { reachable, type StateSettings, type VaultSettings } from "../../providers/stores/store.ts";
import { run } from "../../tools/run.ts";
import { startNatsServer, type NatsServer } from "../support/nats-server.ts";
import { startVault, type TestVault } from "../support/vault.ts";

const folder = mkdtempSync(join(tmpdir(), "nats-platform-generated-"));
after(() => {
  rmSync(folder, { recursive: true });
});

const nkey: Recipe = { type: "nkey", kind: "user" };
const password: Recipe = {
  ...{ type: "password", length: 32, alphabet: "ABCDEFGHIJabcdefghij0123456789$%&" },
  ...{ username: "auth", saltFrom: "glass-nats-user-auth\n0" },
};

async function minted(name: string, recipe: Recipe, over: Partial<KeyInputs> = {}): Promise<KeyOutputs> {
  const inputs: KeyInputs = { kind: "content", name, keys: { store: "state" }, content: { recipe }, ...over };
  return (await keyProvider.create(inputs)).outs ?? assert.fail();
}

async function fieldsOf(
  { location }: KeyOutputs,
  keys: VaultSettings | StateSettings = { store: "state" },
): Promise<Record<string, string>> {
  return textOfData(parseContent(await open(reachable(location, keys))).data);
}

describe("a server with users in its configuration", () => {
  let server: NatsServer;
  let user: Record<string, string>;
  let key: Record<string, string>;
  before(async () => {
    user = await fieldsOf(await minted("Secret.glass-nats-user-auth", password));
    key = await fieldsOf(await minted("Secret.glass-nats-user-nkey", nkey));
    const users = [{ user: user.username ?? "", password: user.passwordHash ?? "" }, { nkey: key.publicKey ?? "" }];
    server = await startNatsServer(join(folder, "server"), { authorization: { users } });
  });
  after(() => server.stop());

  test("takes the bcrypt hash of a generated password, lets the password in, and no other", async () => {
    const connection = await connect({
      servers: server.url,
      user: "auth",
      pass: user.password ?? "",
      reconnect: false,
    });
    await connection.flush();
    await connection.close();
    await assert.rejects(
      connect({ servers: server.url, user: "auth", pass: "other", reconnect: false }),
      /Authorization Violation/i,
    );
    const hash = { servers: server.url, user: "auth", pass: user.passwordHash ?? "", reconnect: false };
    await assert.rejects(connect(hash), /Authorization Violation/i);
  });

  test("lets a generated nkey in", async () => {
    const authenticator = nkeyAuthenticator(new TextEncoder().encode(key.seed));
    const connection = await connect({ servers: server.url, authenticator, reconnect: false });
    await connection.flush();
    await connection.close();
  });
});

test("nsc reads a token of the chart's shape as a generic JWT by the nkey that signed it", async () => {
  const signer = signerOf(encodeSeed("account", new Uint8Array(32).fill(4)));
  const token = signRobotTokenNow(
    {
      format: "legacy",
      robotName: "jwt-mint",
      tokenType: "robot",
      claims: { robot_type: "service" },
      issuedAt: 1_790_000_000,
    },
    signer,
  );
  const file = join(folder, "token.jwt");
  writeFileSync(file, token);
  const env = { PATH: process.env.PATH, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const { code, stdout, stderr } = await run("nsc", ["describe", "jwt", "--json", "--file", file], {
    cwd: folder,
    env,
  });
  assert.equal(code, 0, stderr);
  const claims = JSON.parse(stdout) as Record<string, unknown>;
  assert.equal(claims.iss, signer.publicKey);
  assert.deepEqual(claims.nats, { robot_type: "service", type: "robot", version: 2 });
});

describe("generated content with keys in Vault", () => {
  let vault: TestVault;
  let keys: VaultSettings;
  before(async () => {
    vault = await startVault();
    process.env.VAULT_TOKEN = vault.token;
    keys = { store: "vault", address: vault.address, mount: "secret", path: "generated" };
  });
  after(() => vault.stop());

  const secretAt = async (path: string) => {
    const { data, status } = await vault.ask("GET", `secret/data/${path}`);
    return status === 200 ? (data.data as Record<string, string>) : undefined;
  };

  test("is written once at its own path, and what is remembered of it shows none of it", async () => {
    for (const recipe of [nkey, password]) {
      const name = `Secret.${recipe.type}`;
      const outs = await minted(name, recipe, { keys });
      const again = await minted(name, recipe, { keys });
      assert.deepEqual(again, outs, "a run that never reported back has minted it already");
      const stored = (await secretAt(`generated/keys/${name}`)) ?? assert.fail();
      assert.equal(stored.publicId, outs.publicId);
      for (const value of Object.values(await fieldsOf(outs, keys))) {
        const isPublic = value === outs.publicId || value === "auth";
        if (!isPublic) assert.ok(!JSON.stringify(outs).includes(value));
      }
    }
  });

  test("is taken from a field in Vault where it is given, and refused there where it is none", async () => {
    const seed = encodeSeed("user", crypto.getRandomValues(new Uint8Array(32)));
    await vault.must("POST", "secret/data/old/glass", { data: { seed, password: "hunter2", nothing: "x" } });
    const given = (recipe: Recipe, name: string, field: string) =>
      minted(name, recipe, { keys, adoptFrom: { path: "old/glass", field } });
    assert.equal((await given(nkey, "Secret.given-nkey", "seed")).publicId, publicKeyOf(seed));
    const known = await given(
      { type: "password", length: 32, alphabet: "abcdefghij" },
      "Secret.given-password",
      "password",
    );
    assert.deepEqual(await fieldsOf(known, keys), { password: "hunter2" });
    await assert.rejects(given(nkey, "Secret.given-wrong", "nothing"), ({ message }: Error) => {
      assert.match(message, /Secret\.given-wrong: the seed that was given is no nkey seed/);
      return !message.includes(seed);
    });
    assert.equal(await secretAt("generated/keys/Secret.given-wrong"), undefined);
  });

  test("moves from the state to Vault as it is", async () => {
    const outs = await minted("Secret.moved", password);
    const before = await fieldsOf(outs);
    const movedFrom: StateSettings = { store: "state" };
    const inputs: KeyInputs = {
      kind: "content",
      name: "Secret.moved",
      keys: { ...keys, movedFrom },
      content: { recipe: password },
    };
    assert.equal((await keyProvider.diff(outs.publicId, outs, inputs)).changes, true);
    const moved = (await keyProvider.update(outs.publicId, outs, inputs)).outs ?? assert.fail();
    assert.equal(moved.publicId, outs.publicId);
    assert.deepEqual(await fieldsOf(moved, keys), before);
    assert.ok(!JSON.stringify(moved).includes(before.password ?? ""));
  });

  test("goes to the namespace's own path for External Secrets, a token in its window included", async () => {
    const key = await minted("Secret.mint", nkey, { keys });
    const reference = { publicId: key.publicId, location: reachable(key.location, keys) };
    const place = (name: string) => ({
      vault: { address: vault.address },
      mount: "secret",
      path: `generated/creds/eu/glass/${name}`,
    });
    const content: SecretDocumentInputs = { place: place("mint"), source: { from: "content", content: reference } };
    await secretDocumentProvider.create(content);
    assert.deepEqual(await secretAt("generated/creds/eu/glass/mint"), await fieldsOf(key, keys));

    const now = Math.floor(Date.now() / 1000);
    const token = (second: number): ApplicationToken => ({
      ...{ format: "application", robotName: "r", tokenType: "robot", claims: {}, algorithm: "EdDSA" },
      ...{
        issuer: "https://mint.example",
        subject: "robot:r",
        audience: "center",
        namespace: "n",
        ...tokenWindow(3600, second),
      },
    });
    const at = (second: number): SecretDocumentInputs => ({
      place: place("token"),
      source: { from: "token", token: token(second), signer: reference },
    });
    const { id, outs = assert.fail() } = await secretDocumentProvider.create(at(now));
    const { token: text = "" } = (await secretAt("generated/creds/eu/glass/token")) ?? {};
    const set = createLocalJWKSet(JSON.parse(keySet([key.publicId as PublicNkey])) as { keys: [] });
    await jwtVerify(text, set, { issuer: "https://mint.example", audience: "center" });
    assert.ok(!JSON.stringify(outs).includes(text));
    assert.equal((await secretDocumentProvider.diff(id, outs, at(now))).changes, false);
    assert.equal((await secretDocumentProvider.diff(id, outs, at(now + 3600))).changes, true);
  });
});
