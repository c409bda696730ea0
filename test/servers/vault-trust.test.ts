import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { accountClaims } from "../../nats/claims/account.ts";
import type { Claims } from "../../nats/claims/claims.ts";
import { operatorClaims } from "../../nats/claims/operator.ts";
import { scopedSigningKey } from "../../nats/claims/signing-keys.ts";
import { parseCreds } from "../../nats/creds.ts";
import { publicKeyOf, type PublicNkey } from "../../nats/nkeys.ts";
import { credentialProvider, type CredentialInputs } from "../../providers/credential.ts";
import { keyProvider, type KeyInputs, type KeyOutputs } from "../../providers/key.ts";
import { signedJwtProvider } from "../../providers/signed-jwt.ts";
import { reachable, type VaultSettings } from "../../providers/stores/store.ts";
import { credentialPath } from "../../providers/vault/paths.ts";
import { startJwtServer, type JwtServer } from "../support/jwt-server.ts";
import { startVault, type TestVault } from "../support/vault.ts";
import { startProxy, type Proxy } from "../support/vault-proxy.ts";
import { connectWith } from "./support/clients.ts";

const ACCOUNTS = 1000;

for (const store of ["vault", "transit"] as const) {
  describe(`a trust chain whose signing keys are in ${store}`, () => {
    const folder = mkdtempSync(join(tmpdir(), "nats-platform-vault-trust-"));
    let vault: TestVault;
    let proxy: Proxy;
    let server: JwtServer;
    let keys: VaultSettings;
    let credential: CredentialInputs;
    let operatorSigning: KeyOutputs;

    const mint = async (name: string, kind: KeyInputs["kind"], isSigningKey = false) => {
      const { outs } = await keyProvider.create({ name, kind, keys, isSigningKey });
      assert.ok(outs);
      if (isSigningKey) assert.equal(outs.location.store, store);
      return outs;
    };
    const sign = async (claims: Claims, by: KeyOutputs) => {
      const issuer = by.publicId as PublicNkey;
      const { outs } = await signedJwtProvider.create({ claims, issuer, signer: reachable(by.location, keys) });
      return outs?.jwt ?? "";
    };
    const fields = async (place: CredentialInputs["place"]) => {
      const { data, status } = await vault.ask("GET", `secret/data/${place.path}`);
      return status === 200 ? (data.data as Record<string, string>) : undefined;
    };

    before(async () => {
      vault = await startVault();
      process.env.VAULT_TOKEN = vault.token;
      await vault.must("POST", "sys/mounts/transit", { type: "transit" });
      proxy = await startProxy(vault.address, () => undefined);
      const base = { store: "vault", address: proxy.address, mount: "secret", path: "trust" } as const;
      keys = store === "transit" ? { ...base, transit: { mount: "transit" } } : base;

      const operator = await mint("operator", "operator");
      operatorSigning = await mint("operator.signing-1", "operator", true);
      const sys = await mint("account.SYS", "account");
      const services = await mint("account.SERVICES", "account");
      const root = await mint("account.SERVICES.users", "userRoot");
      const role = await mint("account.SERVICES.role.worker", "account", true);
      const worker = scopedSigningKey({
        key: role.publicId as PublicNkey,
        role: "worker",
        template: { pub: { allow: ["orders.>"] }, sub: { allow: ["orders.>"] }, subs: -1, payload: -1, data: -1 },
      });
      const accountOf = (key: KeyOutputs, name: string, nats: object) =>
        accountClaims({ sub: key.publicId as PublicNkey, name, nats });
      const operatorJwt = await sign(
        operatorClaims({
          sub: operator.publicId as PublicNkey,
          name: "o",
          nats: { signing_keys: [operatorSigning.publicId as PublicNkey], strict_signing_key_usage: true },
        }),
        operator,
      );
      server = await startJwtServer(join(folder, "nats"), {
        operatorJwt,
        systemAccount: sys.publicId,
        accounts: {
          [sys.publicId]: await sign(accountOf(sys, "SYS", {}), operatorSigning),
          [services.publicId]: await sign(accountOf(services, "SERVICES", { signing_keys: [worker] }), operatorSigning),
        },
      });
      const place = credentialPath("trust", { region: "r", namespace: "orders", secret: "orders-nats" });
      credential = {
        place: { vault: { address: proxy.address }, mount: "secret", path: place },
        user: { name: "orders", rotation: 0, role: "worker" },
        account: services.publicId as PublicNkey,
        issuedAt: root.mintedAt,
        root: { publicId: root.publicId, location: reachable(root.location, keys) },
        signer: { publicId: role.publicId, location: reachable(role.location, keys) },
        beside: { URLS: server.url, ACCOUNT_NAME: "SERVICES" },
      };
    });
    after(async () => {
      await vault.stop();
      await proxy.stop();
      await server.stop();
      rmSync(folder, { recursive: true });
    });

    test("the server takes the operator, the accounts and a user whose credentials are in Vault, with its role's permissions", async (t) => {
      const { outs } = await credentialProvider.create(credential);
      assert.ok(outs);
      const { "nats.creds": creds = "", ...beside } = (await fields(credential.place)) ?? {};
      assert.deepEqual(beside, { URLS: server.url, ACCOUNT_NAME: "SERVICES" });
      assert.equal(publicKeyOf(parseCreds(creds).seed), outs.publicKey);
      assert.ok(!JSON.stringify(outs).includes(parseCreds(creds).seed));
      const connection = await connectWith(creds, [server.url]);
      t.after(() => connection.close());
      const heard = connection.subscribe("orders.>", { max: 1 });
      connection.publish("orders.new", "1");
      for await (const message of heard) assert.equal(message.subject, "orders.new");
      const errors = connection.status();
      connection.publish("billing.new", "1");
      await connection.flush();
      for await (const status of errors) {
        if (status.type !== "error") continue;
        assert.match(String(status.error), /permissions violation/i);
        break;
      }
    });

    test("made again, the credentials are the same to the byte and Vault gets no new version; another rotation is another user", async () => {
      const first = await credentialProvider.create(credential);
      assert.ok(first.outs);
      assert.deepEqual(await credentialProvider.create(credential), first);
      assert.deepEqual(await credentialProvider.diff(first.id, first.outs, credential), { changes: false });
      const rotated = { ...credential, user: { ...credential.user, rotation: 1 } };
      assert.deepEqual(await credentialProvider.diff(first.id, first.outs, rotated), { changes: true });
      const { outs } = await credentialProvider.update(first.id, first.outs, rotated);
      assert.equal(outs?.version, first.outs.version + 1);
      assert.notEqual(outs.publicKey, first.outs.publicKey);
    });

    test("a refresh sees that they were edited or removed, and the next update writes them again", async () => {
      const { id, outs } = await credentialProvider.create(credential);
      assert.ok(outs);
      const wanted = await fields(credential.place);
      assert.deepEqual(await credentialProvider.read(id, outs), { id, props: outs });
      for (const damage of [
        () => vault.must("POST", `secret/data/${credential.place.path}`, { data: { mine: "1" } }),
        () => vault.must("DELETE", `secret/data/${credential.place.path}`),
        () => vault.must("DELETE", `secret/metadata/${credential.place.path}`),
      ]) {
        await damage();
        const { props } = await credentialProvider.read(id, outs);
        assert.ok(props);
        assert.deepEqual(await credentialProvider.diff(id, props, credential), { changes: true });
        await credentialProvider.update(id, props, credential);
        assert.deepEqual(await fields(credential.place), wanted);
      }
    });

    test("at another path they are written there and removed here; at the end they are gone", async () => {
      const { id, outs } = await credentialProvider.create(credential);
      assert.ok(outs);
      const moved = { ...credential, place: { ...credential.place, path: `${credential.place.path}-2` } };
      assert.deepEqual(await credentialProvider.diff(id, outs, moved), { changes: true });
      const { outs: now } = await credentialProvider.update(id, outs, moved);
      assert.equal(await fields(credential.place), undefined);
      assert.ok(now);
      assert.notEqual(await fields(moved.place), undefined);
      await credentialProvider.delete(id, now);
      assert.equal(await fields(moved.place), undefined);
      await credentialProvider.delete(id, now);
    });

    // We sign ourselves with what is in KV, and a version of it never changes (vault-faults.test.ts).
    if (store === "vault") return;

    test(`${String(ACCOUNTS)} account JWTs that are asked for at once are signed in few requests`, async (t) => {
      const before = proxy.seen.length;
      const account = credential.account;
      const started = performance.now();
      const jwts = await Promise.all(
        Array.from({ length: ACCOUNTS }, (_, index) =>
          sign(
            accountClaims({ sub: account, name: `A${String(index)}`, nats: { limits: { conn: index } } }),
            operatorSigning,
          ),
        ),
      );
      const requests = proxy.seen.slice(before);
      t.diagnostic(`${Math.round(performance.now() - started)} ms in ${requests.length} requests`);
      assert.equal(new Set(jwts).size, ACCOUNTS);
      assert.ok(requests.length <= 10, `${requests.length} requests`);
      assert.ok(requests.every(({ path }) => path === "transit/sign/operator.signing-1"));
    });

    test("a key that somebody rotated in Vault still signs as the key that it was", async () => {
      await vault.must("POST", "transit/keys/operator.signing-1/rotate");
      const jwt = await sign(accountClaims({ sub: credential.account, name: "A", nats: {} }), operatorSigning);
      assert.notEqual(jwt, "");
      await vault.must("POST", "transit/keys/operator.signing-1/config", { deletion_allowed: true });
      await vault.must("DELETE", "transit/keys/operator.signing-1");
      await assert.rejects(
        sign(accountClaims({ sub: credential.account, name: "B", nats: {} }), operatorSigning),
        /transit\/keys\/operator\.signing-1: found status 400 \(signing key not found\)/,
      );
      assert.equal((await vault.ask("GET", "transit/keys/operator.signing-1")).status, 404, "and it is not made again");
    });
  });
}
