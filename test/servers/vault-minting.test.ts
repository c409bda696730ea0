import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { publicKeyOf, type Seed } from "../../nats/nkeys.ts";
import { keyProvider, type KeyInputs } from "../../providers/key.ts";
import { open } from "../../providers/stores/keep.ts";
import { reachable, type VaultSettings } from "../../providers/stores/store.ts";
import { someSeed, testStore } from "../support/minting.ts";
import { startVault, type TestVault } from "../support/vault.ts";

let vault: TestVault;
before(async () => {
  vault = await startVault();
  await vault.must("POST", "sys/mounts/transit", { type: "transit" });
  process.env.VAULT_TOKEN = vault.token;
});
after(() => vault.stop());

const settings = (): VaultSettings => ({ store: "vault", address: vault.address, mount: "secret", path: "minting" });
const transitSettings = (): VaultSettings => ({ ...settings(), transit: { mount: "transit" } });

// What holds for keys in the state (test/unit/providers/key.test.ts) holds for keys in Vault.
testStore({ name: "vault", settings, kinds: ["operator", "account", "user", "userRoot", "password"] });
testStore({ name: "transit", settings: transitSettings, kinds: ["operator", "account"], isTransit: true });

for (const [name, keys, isSigningKey] of [
  ["vault", settings, false],
  ["transit", transitSettings, true],
] as const) {
  test(`${name}: a run that never reported back has minted the key already: the next one adopts it, with its time`, async () => {
    const inputs: KeyInputs = { kind: "account", name: `again.${name}`, keys: keys(), isSigningKey };
    const first = await keyProvider.create(inputs);
    assert.deepEqual(await keyProvider.create(inputs), first);
  });

  test(`${name}: 20 at once make one key`, async () => {
    const inputs: KeyInputs = { kind: "account", name: `race.${name}`, keys: keys(), isSigningKey };
    const made = await Promise.all(Array.from({ length: 20 }, () => keyProvider.create(inputs)));
    assert.deepEqual([...new Set(made.map(({ id }) => id))].length, 1);
    assert.deepEqual([...new Set(made.map(({ outs }) => JSON.stringify(outs)))].length, 1);
  });

  test(`${name}: an existing seed is taken from a field of another secret in Vault, which stays as it is`, async () => {
    const seed = someSeed("account");
    const before = { sys_account_seed: seed, sys_account_jwt: "a JWT" };
    await vault.must("POST", `secret/data/old/${name}`, { data: before });
    const adoptFrom = { path: `old/${name}`, field: "sys_account_seed" };
    const inputs: KeyInputs = { kind: "account", name: `adopted.${name}`, keys: keys(), isSigningKey, adoptFrom };
    const { id, outs } = await keyProvider.create(inputs);
    assert.equal(id, publicKeyOf(seed));
    assert.ok(!JSON.stringify(outs).includes(seed));
    assert.deepEqual((await vault.must("GET", `secret/data/old/${name}`)).data.data, before);
    const wrong = (field: string) =>
      keyProvider.create({ ...inputs, name: `adopted.${name}.wrong`, adoptFrom: { path: `old/${name}`, field } });
    await assert.rejects(wrong("nothing"), /secret\/old\/\w+: found the fields sys_account_jwt, sys_account_seed, but/);
    await assert.rejects(wrong("sys_account_jwt"), /the existing key of .+ in field sys_account_jwt is no nkey seed/);
    const { keys: made = [] } = (await vault.ask("GET", "secret/metadata/minting/keys?list=true")).data as {
      keys?: string[];
    };
    assert.ok(!made.includes(`adopted.${name}.wrong`));
  });

  test(`${name}: another existing seed for a key that is there already is refused`, async () => {
    const inputs: KeyInputs = { kind: "account", name: `taken.${name}`, keys: keys(), isSigningKey };
    const { id } = await keyProvider.create(inputs);
    await assert.rejects(
      keyProvider.create({ ...inputs, adopt: someSeed("account") }),
      new RegExp(`found the key ${id}, but`),
    );
    assert.equal((await keyProvider.create(inputs)).id, id);
  });
}

for (const [from, to, isSigningKey] of [
  ["the state", "vault", false],
  ["vault", "the state", false],
  ["vault", "another path", false],
  ["vault", "transit", true],
] as const) {
  test(`a key moves from ${from} to ${to} as it is, and the old copy stays`, async () => {
    const stores = {
      "the state": { store: "state" },
      vault: settings(),
      "another path": { ...settings(), path: "moved" },
      transit: transitSettings(),
    } as const;
    const inputs: KeyInputs = {
      kind: "account",
      name: `moved.${from}.${to}`.replaceAll(" ", "-"),
      keys: stores[from],
      isSigningKey,
    };
    const { id, outs } = await keyProvider.create(inputs);
    assert.ok(outs);
    const asked = { ...inputs, keys: { ...stores[to], movedFrom: stores[from] } };
    assert.equal((await keyProvider.diff(id, outs, asked)).changes, true);
    const { outs: moved } = await keyProvider.update(id, outs, asked);
    assert.ok(moved);
    assert.equal(moved.publicId, id);
    assert.equal(moved.mintedAt, outs.mintedAt, "or every user would be signed again");
    assert.notDeepEqual(moved.location, outs.location);
    assert.ok(!Object.values(moved).includes(undefined), "the engine takes no undefined");
    assert.deepEqual(
      await keyProvider.update(id, outs, asked),
      { outs: moved },
      "again, after a run that never reported back",
    );
    assert.deepEqual(await keyProvider.diff(id, moved, { ...inputs, keys: stores[to] }), { changes: false });
    const material = await open(reachable(outs.location, stores[from]));
    assert.equal(publicKeyOf(material as Seed), id);
    if (to !== "transit") assert.equal(await open(reachable(moved.location, stores[to])), material);
  });
}
