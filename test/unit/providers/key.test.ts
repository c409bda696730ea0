import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeSeed, publicKeyOf } from "../../../nats/nkeys.ts";
import { keyProvider, type KeyInputs, type KeyOutputs } from "../../../providers/key.ts";
import type { MaterialKind } from "../../../providers/material.ts";
import { testStore } from "../../support/minting.ts";

// The same tests run against a real Vault in test/servers/vault-minting.test.ts.
testStore({
  name: "state",
  settings: () => ({ store: "state" }),
  kinds: ["operator", "account", "user", "userRoot", "password"],
});

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

function inputs(over: Partial<KeyInputs> = {}): KeyInputs {
  return { kind: "account", name: "account.A", keys: { store: "state" }, ...over };
}

async function minted(over: Partial<KeyInputs> = {}): Promise<{ id: string; outs: KeyOutputs }> {
  const { id, outs } = await keyProvider.create(inputs(over));
  assert.ok(outs);
  return { id, outs };
}

const unfit: [string, MaterialKind, string, RegExp][] = [
  [
    "a seed of another kind",
    "account",
    encodeSeed("user", new Uint8Array(32)),
    /is the seed of a key of kind user, but must be one of kind account/,
  ],
  ["a public key", "account", publicKeyOf(encodeSeed("account", new Uint8Array(32))), /is no nkey seed/],
  [
    "a seed with a wrong letter",
    "account",
    encodeSeed("account", new Uint8Array(32)).replace("AAAA", "AAAB"),
    /is no nkey seed/,
  ],
  ["a root that is too short", "userRoot", "c2hvcnQ", /must be 32 bytes as base64url/],
];
for (const [what, kind, adopt, reason] of unfit) {
  test(`${what} is not adopted, and not shown`, async () => {
    const { failures = [] } = await keyProvider.check(inputs(), inputs({ kind, adopt }));
    assert.equal(failures.length, 1);
    assert.match(failures[0]?.reason ?? "", reason);
    assert.ok(!JSON.stringify(failures).includes(adopt));
  });
}

test("a seed that a preview does not know yet passes", async () => {
  assert.deepEqual((await keyProvider.check(inputs(), inputs({ adopt: unknown }))).failures, []);
});

test("a key doesn't move to another store unless the configuration says from where", async () => {
  const { id, outs } = await minted();
  const vault = { store: "vault", address: "https://vault.example", mount: "secret", path: "nats" } as const;
  assert.throws(
    () => keyProvider.diff(id, outs, inputs({ keys: vault })),
    /account\.A: it is in the state, but by the configuration it would be in Vault's secret\/nats\/keys\/account\.A\./,
  );
  const move = await keyProvider.diff(id, outs, inputs({ keys: { ...vault, movedFrom: { store: "state" } } }));
  assert.equal(move.changes, true);
  assert.deepEqual(await keyProvider.diff(id, outs, inputs({ keys: { store: "state", movedFrom: vault } })), {
    changes: false,
  });
});

test("a key in Transit can't be moved, and the error says why", async () => {
  const { id, outs } = await minted();
  const location = { store: "transit", mount: "transit", key: "k", version: 1, publicId: outs.publicId } as never;
  assert.throws(
    () => keyProvider.diff(id, { ...outs, location }, inputs({ isSigningKey: true })),
    /account\.A: it is in Vault's transit\/keys\/k, and Transit gives no key out/,
  );
});

test("a key in Vault stays at its path, unless the configuration says that it was there", async () => {
  const { id, outs } = await minted();
  const old = { store: "vault", address: "https://vault.example", mount: "secret", path: "old" } as const;
  const path = "old/keys/account.A";
  const location = { store: "vault", mount: "secret", path, version: 1, kind: "account", publicId: id } as const;
  const there = { ...outs, location };
  const keys = { ...old, path: "new" };
  assert.throws(
    () => keyProvider.diff(id, there, inputs({ keys })),
    /it is in Vault's secret\/old\/keys\/account\.A, but/,
  );
  assert.equal((await keyProvider.diff(id, there, inputs({ keys: { ...keys, movedFrom: old } }))).changes, true);
  const elsewhere = { ...old, address: "https://elsewhere.example" };
  assert.deepEqual(await keyProvider.diff(id, there, inputs({ keys: elsewhere })), { changes: false });
});
