import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { parseCreds } from "../../nats/creds.ts";
import { publicKeyOf, type Seed } from "../../nats/nkeys.ts";
import { startVault, type TestVault } from "../support/vault.ts";
import { startProxy } from "../support/vault-proxy.ts";
import { assertQuiet, previewedChanges } from "./support/changes.ts";
import { configure } from "./support/configuration.ts";
import { killUpdate } from "./support/kill.ts";
import { leaksIn, type Place, type Secret } from "./support/leaks.ts";
import { freshCopy, pulumi, startUp, up, type ProjectCopy } from "./support/project-copy.ts";
import { differences, filesOf } from "./support/rendered.ts";
import { keysOf, stateOf } from "./support/state.ts";
import { assertUsersFit } from "./support/trust-check.ts";
import { credentialsInVault, keysIn, keysInVault, vaultCopy } from "./support/vault-copy.ts";

let vault: TestVault;
before(async () => {
  vault = await startVault();
  await vault.must("POST", "sys/mounts/transit", { type: "transit" });
});
after(() => vault.stop());

describe("a stack whose keys are in Vault", { concurrency: 2 }, () => {
  for (const kind of ["kv", "kv and transit"] as const) {
    test(`(${kind}) comes up with a minter's token, is quiet, and changes only what was asked for`, async () => {
      const keys = keysIn(
        vault,
        `stacks/${kind.replaceAll(" ", "-")}`,
        kind === "kv" ? {} : { transit: { mount: "transit" } },
      );
      const copy = await vaultCopy(vault, keys);
      await succeeds(up(copy));
      const state = await stateOf(copy);
      const minted = await keysInVault(vault, keys);
      const first = await credentialsInVault(vault, keys);
      assert.equal(Object.keys(first).length, 8);
      assertUsersFit(state, Object.values(first));
      assert.deepEqual([...new Set(Object.values(minted).map(({ version }) => version))], [1]);
      assert.equal(Object.keys(minted).length, kind === "kv" ? 20 : 8, Object.keys(minted).join(", "));
      await assertQuiet(copy);
      const files = filesOf(copy);

      await succeeds(pulumi(copy, ["refresh", "--yes", "--expect-no-changes"]));
      configure(copy, ["accounts", "SERVICES", "users", "orders", "rotation"], 1);
      assert.deepEqual(await previewedChanges(copy), [
        "update local.credentials.orders.orders-nats",
        "update local.credentials.orders.orders-nats",
        "update withdrawn",
      ]);
      await succeeds(up(copy));
      const rotated = await credentialsInVault(vault, keys);
      assert.notEqual(rotated["local/orders/orders-nats"]?.seed, first["local/orders/orders-nats"]?.seed);
      assert.equal(rotated["local/orders/orders-nats"]?.version, 2);
      assert.equal(rotated["local/billing/billing-nats"]?.version, 1);
      assertUsersFit(await stateOf(copy), Object.values(rotated));
      assert.deepEqual(
        differences(files, filesOf(copy)),
        ["deploy/local/2-secrets/externalsecret.orders.orders-nats.yaml"],
        "of what is committed a checksum changes, which has External Secrets bring the new version at once",
      );

      configure(copy, ["accounts", "SERVICES", "users", "audit", "deliver"], []);
      const gone = ["local.credentials.audit.audit-nats", "local.vault-account.audit", "local.vault-store.audit"];
      assert.deepEqual(
        await previewedChanges(copy),
        [
          ...gone.map((name) => `delete ${name}`),
          "delete local.credentials.audit.audit-nats",
          "update withdrawn",
        ].sort(),
      );
      await succeeds(up(copy));
      assert.equal((await credentialsInVault(vault, keys))["local/audit/audit-nats"], undefined);
      assert.deepEqual(keysOf(await stateOf(copy)), keysOf(state));
      assert.deepEqual(await keysInVault(vault, keys), minted);
    });
  }

  test("another form goes through Vault, too: its checksum is known in a preview, and its key is listed when it is withdrawn", async () => {
    const keys = keysIn(vault, "stacks/forms");
    const copy = await vaultCopy(vault, keys);
    await succeeds(up(copy));
    const orders = ["accounts", "SERVICES", "users", "orders", "deliver"] as const;
    const own = { region: "local", namespace: "orders", secret: "orders-nats" };
    configure(copy, [...orders], [own, { ...own, secret: "orders-jwt", format: "jwt" }]);
    const name = "local.credentials.orders.orders-jwt";
    assert.deepEqual(await previewedChanges(copy), [`create ${name}`, `create ${name}`]);
    const { stdout } = await pulumi(copy, ["preview", "--json"]);
    const [, known = ""] = /"nats-platform\/checksum": "([0-9a-f]{64})"/.exec(stdout.slice(stdout.indexOf(name))) ?? [];
    await succeeds(up(copy));
    await assertQuiet(copy);
    const outputs = (await outputsOf(copy)) as { regions: { local: { credentials: Record<string, string> } } };
    assert.equal(outputs.regions.local.credentials["orders/orders-jwt"], known);

    const stored = async (secret: string) => {
      const { data } = await vault.must("GET", `secret/data/stacks/forms/creds/local/orders/${secret}`);
      return data as { data: Record<string, string>; metadata: { version: number } };
    };
    const { data: fields } = await stored("orders-jwt");
    const { data: file, metadata } = await stored("orders-nats");
    assert.deepEqual(Object.keys(fields).sort(), ["ACCOUNT_NAME", "URLS", "jwt", "seed"]);
    assert.deepEqual(parseCreds(file["nats.creds"] ?? ""), { jwt: fields.jwt, seed: fields.seed });
    assert.equal(metadata.version, 1, "the other delivery is left alone");

    configure(copy, [...orders], []);
    await succeeds(up(copy));
    const { toRevoke } = (await outputsOf(copy)) as { toRevoke: { publicKey: string }[] };
    assert.deepEqual(
      toRevoke.map(({ publicKey }) => publicKey),
      [publicKeyOf(fields.seed as Seed)],
    );
  });

  test("credentials that somebody deleted or edited in Vault come back to the byte after a refresh", async () => {
    const keys = keysIn(vault, "stacks/edited");
    const copy = await vaultCopy(vault, keys);
    await succeeds(up(copy));
    const before = await credentialsInVault(vault, keys);
    await vault.must("DELETE", "secret/metadata/stacks/edited/creds/local/orders/orders-nats");
    await vault.must("POST", "secret/data/stacks/edited/creds/local/billing/billing-nats", {
      data: { "nats.creds": "mine" },
    });
    const expected = ["update local.credentials.billing.billing-nats", "update local.credentials.orders.orders-nats"];
    await succeeds(pulumi(copy, ["refresh", "--yes"]));
    assert.deepEqual(await previewedChanges(copy), expected);
    await succeeds(up(copy));
    const again = await credentialsInVault(vault, keys);
    const texts = (found: typeof before) => Object.entries(found).map(([place, { text }]) => [place, text]);
    assert.deepEqual(texts(again), texts(before));
    await assertQuiet(copy);
  });

  test("a key that somebody deleted in Vault is not made again: the error says how to restore it, and then all is as before", async () => {
    const keys = keysIn(vault, "stacks/deleted");
    const copy = await vaultCopy(vault, keys);
    await succeeds(up(copy));
    const [state, minted] = [await stateOf(copy), await keysInVault(vault, keys)];
    await vault.must("DELETE", "secret/data/stacks/deleted/keys/account.SERVICES.role.worker");
    configure(copy, ["accounts", "SERVICES", "users", "orders", "rotation"], 1);
    const { code, output } = await up(copy);
    assert.notEqual(code, 0, output);
    assert.match(
      output,
      /secret\/stacks\/deleted\/keys\/account\.SERVICES\.role\.worker: version 1 was deleted at .+`vault kv undelete -mount=secret -versions=1 stacks\/deleted\/keys\/account\.SERVICES\.role\.worker`/s,
    );
    assert.doesNotMatch(output, /^\s+at .+:\d+/m);
    await vault.must("POST", "secret/undelete/stacks/deleted/keys/account.SERVICES.role.worker", { versions: [1] });
    await succeeds(up(copy));
    assert.deepEqual(keysOf(await stateOf(copy)), keysOf(state));
    assert.deepEqual(await keysInVault(vault, keys), minted);
    await assertQuiet(copy);
  });

  for (const point of [3, 14]) {
    test(`killed after Vault has written key ${String(point)} and before anybody knows: the next update adopts it`, async (t) => {
      const keys = keysIn(vault, `stacks/killed-${String(point)}`);
      let writes = 0;
      let strike: (() => void) | undefined;
      const proxy = await startProxy(vault.address, ({ method, path }) => {
        if (method === "POST" && path.includes("/keys/")) writes += 1;
        return writes === point && method === "POST" ? { lost: () => strike?.() } : undefined;
      });
      t.after(() => proxy.stop());
      const copy = await vaultCopy(vault, { ...keys, address: proxy.address });
      const running = startUp(copy);
      strike = () => {
        strike = undefined;
        killUpdate(running.pid, copy.folder, "everything");
      };
      assert.notEqual((await running.ended).code, 0);
      const written = await keysInVault(vault, keys);
      const known = keysOf(await stateOf(copy));
      assert.ok(Object.keys(written).length > Object.keys(known).length, "a key that no state knows");

      await succeeds(up(copy));
      const minted = await keysInVault(vault, keys);
      for (const [name, key] of Object.entries(written)) assert.deepEqual(minted[name], key, name);
      const now = keysOf(await stateOf(copy));
      const ids = (found: Record<string, { publicId: string }>) =>
        Object.fromEntries(Object.entries(found).map(([name, { publicId }]) => [name, publicId]));
      assert.deepEqual(ids(now), ids(minted));
      await assertQuiet(copy);
    });
  }

  test("a move from the state is previewed as what it is: keys move, deliveries follow, and no JWT changes", async () => {
    const keys = keysIn(vault, "stacks/previewed");
    const copy = await freshCopy();
    await succeeds(up(copy));
    const names = Object.keys(keysOf(await stateOf(copy)));
    configure(copy, ["keys"], { ...keys, movedFrom: { store: "state" } });
    const changes = await previewedChanges(copy);
    // When a key was minted is not known while it moves, so that the pods' annotations are not either. The update leaves them as they are.
    const pods = ["local.mqtt.mosquitto.mosquitto.broker", "local.system-exporter"];
    assert.deepEqual(
      changes.filter((change) => change.startsWith("update")),
      [...names, ...pods].map((name) => `update ${name}`).sort(),
      "nothing else, so that no server restarts",
    );
    assert.deepEqual(await keysInVault(vault, keys), {});
  });

  test("no seed is in its state, its previews, logs, errors and manifests", async () => {
    const keys = keysIn(vault, "stacks/scanned");
    const fresh = await vaultCopy(vault, keys);
    const copy = { ...fresh, env: { ...fresh.env, PULUMI_DEBUG_COMMANDS: "true" } };
    const places: Place[] = [];
    const look = async (args: string[], run: Promise<{ code: number; output: string }>, isFailure = false) => {
      const { code, output } = await run;
      assert.equal(code !== 0, isFailure, output);
      places.push({ name: args.join(" "), text: output });
    };
    const first = ["up", "--diff", "--show-config", "--event-log", "up.log"];
    await look(first, up(copy, first.slice(1)));
    configure(copy, ["accounts", "SERVICES", "users", "orders", "rotation"], 1);
    for (const args of [
      ["preview", "--diff", "--show-config", "--show-sames", "--event-log", "preview.log"],
      ["preview", "--json", "--debug"],
      ["up", "--yes", "--json"],
      ["refresh", "--yes", "--diff", "--show-sames"],
      ["stack", "export", "--show-secrets"],
      ["stack", "output", "--json", "--show-secrets"],
    ]) {
      await look(args, pulumi(copy, args));
    }
    const secrets = await secretsOf(keys, copy);
    // Errors: a key that is no key, one of somebody else, a token that may not.
    const name = "account.SERVICES.role.worker";
    const original = (await keysInVault(vault, keys))[name];
    const other = (await keysInVault(vault, keys))["account.IOT.signing"];
    configure(copy, ["accounts", "SERVICES", "users", "orders", "rotation"], 2);
    await vault.must("DELETE", `secret/metadata/stacks/scanned/keys/${name}`);
    for (const material of [original?.material.slice(1), other?.material]) {
      await vault.must("DELETE", `secret/metadata/stacks/scanned/keys/${name}`);
      await vault.must("POST", `secret/data/stacks/scanned/keys/${name}`, {
        data: { kind: "account", publicId: original?.publicId, material },
      });
      await look(["up with a wrong key"], up(copy), true);
    }
    await look(
      ["up with a token that may nothing"],
      up({ ...copy, env: { ...copy.env, VAULT_TOKEN: await vault.tokenWith(["default"]) } }),
      true,
    );
    const files = Object.entries(filesOf(copy, ".")).filter(
      ([path]) => !path.includes("/") || /^(deploy|\.nats-platform)\//.test(path),
    );
    assert.ok(files.some(([path]) => path.includes("/backups/")) && files.some(([path]) => path === "up.log"));
    assert.ok(files.some(([path]) => path.startsWith("deploy/local/2-secrets/")));
    assert.ok(!files.some(([path]) => path.startsWith("deploy/local-secrets/")));
    places.push(
      ...files.filter(([path]) => path !== ".nats-platform/passphrase").map(([path, text]) => ({ name: path, text })),
    );
    assert.ok(secrets.length > 30);
    assert.deepEqual(leaksIn(places, secrets), []);
    // And the scanner does see one, and the token.
    for (const { name: what, text } of secrets) {
      assert.equal(leaksIn([{ name: "planted", text: `"${text}"` }], [{ name: what, text }]).length > 0, true, what);
    }
  });
});

/** Every secret of a stack: its keys, its users, their JWTs, and the token with which it was made. */
async function secretsOf(keys: Parameters<typeof keysInVault>[1], copy: ProjectCopy): Promise<Secret[]> {
  const minted = Object.entries(await keysInVault(vault, keys)).map(([name, { material }]) => ({
    name,
    text: material,
  }));
  const users = Object.entries(await credentialsInVault(vault, keys)).flatMap(([name, { jwt, seed }]) => [
    { name: `seed of ${name}`, text: seed },
    { name: `JWT of ${name}`, text: jwt },
  ]);
  return [...minted, ...users, { name: "the token", text: copy.env.VAULT_TOKEN ?? "" }];
}

/** The stack's outputs, as everybody may see them: a secret one would be masked. */
async function outputsOf(copy: ProjectCopy): Promise<unknown> {
  const { code, stdout, output } = await pulumi(copy, ["stack", "output", "--json"]);
  assert.equal(code, 0, output);
  return JSON.parse(stdout);
}

async function succeeds(run: Promise<{ code: number; output: string }>): Promise<void> {
  const { code, output } = await run;
  assert.equal(code, 0, output);
}
