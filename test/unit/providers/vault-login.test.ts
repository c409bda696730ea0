import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { loginFrom } from "../../../providers/vault/login.ts";

const folder = mkdtempSync(join(tmpdir(), "nats-platform-login-"));
after(() => {
  rmSync(folder, { recursive: true });
});

const home = join(folder, "nobody");
const noPod = join(folder, "no-pod");
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

test("the first way to sign in that is there wins", () => {
  const pod = file("pod", "pod's token\n");
  file(".vault-token", "left by vault login\n");
  const idToken = file("id", "from a file\n");
  const env = {
    VAULT_TOKEN: "given",
    VAULT_AUTH_ROLE: "minter",
    VAULT_ID_TOKEN: "from CI",
    VAULT_ID_TOKEN_FILE: idToken,
  };
  const without = (...names: (keyof typeof env)[]) =>
    Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name as keyof typeof env)));
  const login = (found: NodeJS.ProcessEnv) => loginFrom(found, folder, pod);
  assert.deepEqual(login(env), { token: "given" });
  assert.deepEqual(login(without("VAULT_TOKEN")), { mount: "jwt", role: "minter", jwt: "from CI" });
  assert.deepEqual(login({ ...without("VAULT_TOKEN"), VAULT_AUTH_PATH: "github" }), {
    mount: "github",
    role: "minter",
    jwt: "from CI",
  });
  assert.deepEqual(login(without("VAULT_TOKEN", "VAULT_ID_TOKEN")), {
    mount: "jwt",
    role: "minter",
    jwt: "from a file",
  });
  assert.deepEqual(login(without("VAULT_TOKEN", "VAULT_ID_TOKEN", "VAULT_ID_TOKEN_FILE")), {
    mount: "kubernetes",
    role: "minter",
    jwt: "pod's token",
  });
  assert.deepEqual(login({}), { token: "left by vault login" });
  assert.deepEqual(login({ VAULT_TOKEN: " ", VAULT_AUTH_ROLE: "" }), { token: "left by vault login" });
});

test("nothing to sign in with: the error lists the ways", () => {
  assert.throws(() => loginFrom({}, home, noPod), /Set VAULT_TOKEN; or run `vault login`; or set VAULT_AUTH_ROLE/);
  assert.throws(() => loginFrom({ VAULT_AUTH_ROLE: "minter" }, home, noPod), /VAULT_AUTH_ROLE is set, but neither/);
  const gone = join(folder, "gone");
  assert.throws(
    () => loginFrom({ VAULT_AUTH_ROLE: "minter", VAULT_ID_TOKEN_FILE: gone }, home, noPod),
    new RegExp(`VAULT_ID_TOKEN_FILE: ${gone} can't be read \\(ENOENT\\)`),
  );
  const empty = file("empty", "\n");
  assert.throws(() => loginFrom({ VAULT_AUTH_ROLE: "minter", VAULT_ID_TOKEN_FILE: empty }, home, noPod), /is empty/);
});
